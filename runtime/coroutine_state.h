// What the runtime knows of a coroutine: its stack, where it stopped, what it waits for.
#ifndef RUNTIME_COROUTINE_STATE_H
#define RUNTIME_COROUTINE_STATE_H

#include "runtime/channel_waiter.h"
#include "runtime/fibre.h"
#include "runtime/stack.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct coroutine {
    // Where it stopped; first, the assembly stores it. NULL while it runs on its own stack, and
    // until it has left it: whoever wants to resume it waits for that. So a coroutine may be put
    // into a queue, where another worker finds it, before it has stopped.
    void *sp;
    uintptr_t
        stack_limit; // what prologues compare with; ~0 while stress moves the stack at every call
    struct stack *stack;
    uint64_t id;            // 1 is the function given to runtime_run(); 0: not alive
    struct coroutine *next; // in a run queue or the pool of finished ones
    void (*fn)(void *);
    void *arg;             // NULL once it has started: from then on its stack holds it
    const char *waits_for; // "channel send", ...; NULL while it can run
    struct channel_waiter waiter;
    struct channel_waiter *waiters; // what it waits in: `waiter`, a select's array, or NULL
    struct channel_waiter *fired;   // the one whose operation was carried out
    size_t move_debt_bytes;         // stress: copying that was put off, see growth.c
    _Atomic(uint32_t) selected;     // a select: a channel has taken it, the others must not
    // The collector's, see world.h. Set before `id` when the coroutine is made, and not written
    // otherwise: a marker may be looking at it.
    _Atomic(uint32_t) scan_state;
    struct fibre fibre;
};

// Switches from the running coroutine to the next that can run. The caller has put the running one
// into some queue, or it is lost; waits_for says why it stops.
void coroutine_park(const char *waits_for);

// Puts a coroutine at the end of this worker's run queue, and sees to it that an idle worker comes
// for it. Do not call it with a lock held.
void coroutine_ready(struct coroutine *coroutine);

// Makes coroutine 1 when runtime_run() begins. Returns 0 or -ENOMEM.
int coroutine_spawn_first(void (*fn)(void *), void *arg);

// A safepoint for operations that need not stop: a loop over them may contain no other.
void coroutine_poll(void);

#endif
