// The descriptors of coroutines: where they come from, where finished ones wait for the next spawn,
// and the list of all of them.
//
// Each proc keeps some finished ones, with their first stack, for itself; what is beyond that goes
// to a shared list by the batch, so that coroutines that are spawned on one proc and finish on
// another one do not pile up there.
#ifndef RUNTIME_COROUTINE_POOL_H
#define RUNTIME_COROUTINE_POOL_H

#include "runtime/coroutine_state.h"
#include "runtime/proc.h"

#include <stdbool.h>

// One that is not alive, with or without a stack; its scan_state needs no scanning, everything else
// of it is undefined. NULL when the system refuses the memory. Needs much stack only when nothing
// is at hand.
struct coroutine *coroutine_pool_take(struct proc *proc);

// Gives it back. Its stack is the first size's, or NULL. On the system stack, or, where
// coroutine_pool_has_room() says that it stays with this proc, on its own one.
void coroutine_pool_give(struct proc *proc, struct coroutine *coroutine);
bool coroutine_pool_has_room(const struct proc *proc);

// Calls fn for each that is alive, with the world stopped.
void coroutine_pool_each(void (*fn)(struct coroutine *coroutine, void *context), void *context);

// A walk over all that there are when it begins, those that are not alive included; the world is
// stopped then, and may run afterwards. Returns NULL at the end.
struct coroutine_pool_cursor {
    struct block *block;
    size_t index;
    size_t count; // of the block's that had been handed out
};
void coroutine_pool_cursor_init(struct coroutine_pool_cursor *cursor);
struct coroutine *coroutine_pool_cursor_next(struct coroutine_pool_cursor *cursor);

// Frees all of them; their stacks are not touched.
void coroutine_pool_release(void);

#endif
