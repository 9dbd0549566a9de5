// Answers __morestack: grows the running coroutine's stack, or moves it under stress; shrinks
// parked ones.
//
// Contiguous stacks: copy the used part to a stack of twice the size and relocate every word that
// points into the old one. Source: Go's "Contiguous stacks" design (2013) and runtime/stack.go.
#ifndef RUNTIME_GROWTH_H
#define RUNTIME_GROWTH_H

#include "runtime/coroutine_state.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct growth_config {
    size_t stack_bytes_min;
    size_t stack_bytes_max;
    bool stress_move;
};

struct growth_stats {
    _Atomic(uint64_t) grow_count;
    _Atomic(uint64_t) shrink_count;
    _Atomic(uint64_t) copied_bytes;
};

extern struct growth_config growth_config;
extern struct growth_stats growth_stats;
extern struct stack_pool growth_pool; // of every coroutine's stack

// The limit for prologues on this stack: its base and the slack, or ~0 when every call is to move
// it.
uintptr_t growth_limit(const struct stack *stack);

// Halves the stack of a coroutine that does not run when less than a quarter of it is used, down to
// stack_bytes_min. No channel operation may be writing to it: the world is stopped, or it is about
// to be resumed.
void growth_shrink(struct coroutine *coroutine);

#endif
