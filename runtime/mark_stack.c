// One mapping that mremap() grows: moving it costs page table entries, not copies.
#include "runtime/mark_stack.h"

#include "base/assert.h"
#include "runtime/fatal.h"
#include "runtime/os_memory.h"

#include <errno.h>

// Enough for most heaps; only what is used is touched.
enum { CAPACITY_COUNT_FIRST = 16 * 1024 };

static size_t bytes_of(size_t capacity_count)
{
    return capacity_count * sizeof(struct mark_item);
}

int mark_stack_init(struct mark_stack *stack)
{
    struct mark_item *const items = os_memory_map(bytes_of(CAPACITY_COUNT_FIRST));
    if (!items) {
        return -ENOMEM;
    }
    *stack = (struct mark_stack){.items = items, .capacity_count = CAPACITY_COUNT_FIRST};
    return 0;
}

void mark_stack_release(struct mark_stack *stack)
{
    os_memory_release(stack->items, bytes_of(stack->capacity_count));
    *stack = (struct mark_stack){0};
}

void mark_stack_grow(struct mark_stack *stack)
{
    ASSERT(stack->count == stack->capacity_count);
    const size_t old_bytes = bytes_of(stack->capacity_count);
    struct mark_item *const items = os_memory_grow(stack->items, old_bytes, 2 * old_bytes);
    if (!items) {
        fatal("out of memory: the mark stack cannot grow to %zu bytes", 2 * old_bytes);
    }
    stack->items = items;
    stack->capacity_count *= 2;
}
