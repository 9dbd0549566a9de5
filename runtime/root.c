// An array, searched in full when a range is added: programs have a few ranges, and every
// collection reads all of what they contain anyway.
#include "runtime/root.h"

#include "base/assert.h"
#include "runtime/os_memory.h"

#include <errno.h>
#include <stdint.h>

struct root {
    char *base;
    size_t size_bytes;
    bool lasting;
};

// Outlives every run of the runtime, because lasting ranges do.
static struct {
    struct root *roots;
    size_t count;
    size_t capacity_count;
} table;

enum { CAPACITY_COUNT_FIRST = 512 };

static int grow(void)
{
    const size_t old_bytes = table.capacity_count * sizeof(struct root);
    const size_t new_bytes =
        table.roots ? 2 * old_bytes : CAPACITY_COUNT_FIRST * sizeof(struct root);
    struct root *const roots =
        table.roots ? os_memory_grow(table.roots, old_bytes, new_bytes) : os_memory_map(new_bytes);
    if (!roots) {
        return -ENOMEM;
    }
    table.roots = roots;
    table.capacity_count = new_bytes / sizeof(struct root);
    return 0;
}

int root_add(void *base, size_t size_bytes, bool lasting)
{
    const uintptr_t word_mask = sizeof(void *) - 1;
    const uintptr_t start = ((uintptr_t)base + word_mask) & ~word_mask;
    const uintptr_t end = ((uintptr_t)base + size_bytes) & ~word_mask;
    ASSERT((uintptr_t)base + size_bytes >= (uintptr_t)base);
    if (end <= start) {
        return 0;
    }
    for (size_t i = 0; i < table.count; i++) {
        struct root *const root = &table.roots[i];
        if ((uintptr_t)root->base == start && root->size_bytes == end - start) {
            root->lasting |= lasting;
            return 0;
        }
    }
    if (table.count == table.capacity_count && grow() != 0) {
        return -ENOMEM;
    }
    table.roots[table.count++] = (struct root){
        .base = (char *)base + (start - (uintptr_t)base),
        .size_bytes = end - start,
        .lasting = lasting,
    };
    return 0;
}

void root_forget(void)
{
    size_t kept_count = 0;
    for (size_t i = 0; i < table.count; i++) {
        if (table.roots[i].lasting) {
            table.roots[kept_count++] = table.roots[i];
        }
    }
    table.count = kept_count;
}

void root_visit(void (*visit)(const void *base, size_t size_bytes, void *context), void *context)
{
    ASSERT(visit);
    for (size_t i = 0; i < table.count; i++) {
        visit(table.roots[i].base, table.roots[i].size_bytes, context);
    }
}
