// Answers __morestack: makes room below the running coroutine's frame, or moves its stack under
// stress. How room is made is the run's strategy.
//
// Contiguous: copy the used part to a stack of twice the size and relocate every word that points
// into the old one. Source: Go's "Contiguous stacks" design (2013) and runtime/stack.go. Segmented:
// segment.h. Reserved: reserve.h.
#ifndef RUNTIME_GROWTH_H
#define RUNTIME_GROWTH_H

#include "runtime/coroutine_state.h"
#include "runtime/runtime.h"

#include <stddef.h>
#include <stdint.h>

// What __morestack pushed, lowest address first. Every word is relocated when it points into the
// stack.
struct growth_frame {
    uint64_t r11;         // bytes of arguments on the stack
    uint64_t frame_bytes; // r10; when it returns, the stack pointer of a new segment, or 0
    uint64_t r9, r8, rcx, rdx, rsi, rdi, rax;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    const uint8_t *resume; // the address after `call __morestack`
};

struct growth_config {
    enum stack_strategy strategy;
    size_t stack_bytes_min;
    size_t stack_bytes_max;
    bool stress_move;
};

extern struct growth_config growth_config;
extern struct stack_pool growth_pool; // of every coroutine's stack, unless reserved

void growth_init(const struct growth_config *config);
void growth_release(void);

// Bytes of all stacks that are not cached.
uint64_t growth_bytes_in_use(void);

// A new coroutine's first stack; NULL when the system refuses the memory. Needs little stack.
struct stack *growth_stack_new(void);

// Whether the stack is what growth_stack_new() gives: the next coroutine may have it as it is.
static inline bool growth_is_first(const struct stack *stack)
{
    if (__builtin_expect(growth_config.strategy == STACK_CONTIGUOUS, 1)) {
        return stack->size_bytes == growth_config.stack_bytes_min;
    }
    return growth_config.strategy == STACK_SEGMENTED
               ? !stack->next
               : stack->extent_bytes == growth_config.stack_bytes_min;
}

// Makes a finished coroutine's stack what growth_stack_new() gives, or drops it and sets NULL. On
// the system stack.
void growth_stack_reset(struct coroutine *coroutine);

// The limit for prologues on this stack: where its slack begins, or ~0 when every call is to move
// it.
uintptr_t growth_limit(const struct stack *stack);

// A fatal error: the coroutine needs more than the run's limit allows.
_Noreturn void growth_overflow(const struct coroutine *coroutine, size_t need_bytes);

// The same for memory that the system refused.
_Noreturn void growth_refused(size_t size_bytes);

// Halves the stack of a coroutine that does not run when less than a quarter of it is used, down to
// stack_bytes_min. No channel operation may be writing to it: the world is stopped, or it is about
// to be resumed.
void growth_shrink(struct coroutine *coroutine);

// Visits the used part of a stopped coroutine's stack.
void growth_visit(const struct coroutine *coroutine,
                  void (*visit)(const void *base, size_t size_bytes, void *context), void *context);

// The size of all of a stack, its segments included; of a reserved one, what is in use of it.
static inline size_t growth_size_bytes(const struct stack *stack)
{
    switch (growth_config.strategy) {
    case STACK_SEGMENTED:
        return stack->total_bytes;
    case STACK_RESERVED:
        return stack->extent_bytes;
    default:
        return stack->size_bytes;
    }
}

// The lowest address of what it counts: a first segment, an extent, a whole stack.
static inline char *growth_lowest(const struct stack *stack)
{
    return growth_config.strategy == STACK_RESERVED ? stack_top(stack) - stack->extent_bytes
                                                    : stack->base;
}

// The used part of a stopped coroutine's stack.
size_t growth_used_bytes(const struct coroutine *coroutine);

// Whether the address lies in the coroutine's stack.
bool growth_contains(const struct coroutine *coroutine, const void *address);

#endif
