// Segmented stacks: a function that does not fit runs on a new segment, which is given up when it
// returns. What Go did until 1.3, and gcc's own runtime for -fsplit-stack does.
//
// Nothing moves, and nothing is copied but arguments that lie on the stack. The price is the "hot
// split": a call in a loop that happens to cross the end of a segment pays for a new one each time.
// The segment given up last is therefore kept by the one before it.
#ifndef RUNTIME_SEGMENT_H
#define RUNTIME_SEGMENT_H

#include "runtime/growth.h"

#include <stddef.h>

// Makes a stack from the pool a coroutine's first segment.
void segment_init(struct stack *stack);

// Gives the coroutine, which called __morestack with `frame`, a segment for a function that uses
// frame_bytes, with a copy of its stack arguments. Returns the stack pointer to call it with, or
// NULL when it need not have one. On the system stack.
void *segment_push(struct coroutine *coroutine, struct growth_frame *frame, size_t frame_bytes);

// Drops the segment that this one keeps, if any.
void segment_drop_spare(struct stack *stack);

// The segment before this one; NULL for the first, and for other strategies' stacks.
static inline const struct stack *segment_older(const struct stack *stack)
{
    return growth_config.strategy == STACK_SEGMENTED ? stack->older : NULL;
}

#endif
