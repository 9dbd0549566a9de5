// The mark stack: objects that the collector has reached and not yet scanned.
//
// It has memory of its own, since a collection cannot allocate from the heap it collects, and grows
// without bound: an object is pushed at most once a collection.
#ifndef RUNTIME_MARK_STACK_H
#define RUNTIME_MARK_STACK_H

#include "runtime/span.h"

#include <stddef.h>

struct mark_item {
    char *object; // its first byte
    struct span *span;
};

struct mark_stack {
    struct mark_item *items;
    size_t count;
    size_t capacity_count;
};

// Returns 0 or -ENOMEM.
int mark_stack_init(struct mark_stack *stack);

void mark_stack_release(struct mark_stack *stack);

// Doubles the capacity. Fatal error when the system refuses: marking cannot be abandoned.
void mark_stack_grow(struct mark_stack *stack) __attribute__((cold));

static inline void mark_stack_push(struct mark_stack *stack, struct mark_item item)
{
    if (__builtin_expect(stack->count == stack->capacity_count, 0)) {
        mark_stack_grow(stack);
    }
    stack->items[stack->count++] = item;
}

#endif
