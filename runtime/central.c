// Typed lists are found by hashing (type, class) into an open table with linear probing. Since
// every collection clears it, a type that is no longer used disappears by itself, and nothing is
// ever removed one at a time.
#include "runtime/central.h"

#include "base/assert.h"
#include "runtime/fatal.h"
#include "runtime/os_memory.h"

#include <errno.h>
#include <string.h>

enum { TYPED_CAPACITY_COUNT_FIRST = 256 };

static size_t typed_bytes(size_t capacity_count)
{
    return capacity_count * sizeof(struct central_typed_list);
}

int central_init(struct central *central)
{
    struct central_typed_list *const typed = os_memory_map(typed_bytes(TYPED_CAPACITY_COUNT_FIRST));
    if (!typed) {
        return -ENOMEM;
    }
    *central = (struct central){
        .typed = typed,
        .typed_capacity_count = TYPED_CAPACITY_COUNT_FIRST,
    };
    return 0;
}

void central_release(struct central *central)
{
    os_memory_release(central->typed, typed_bytes(central->typed_capacity_count));
    *central = (struct central){0};
}

void central_clear(struct central *central)
{
    memset(central->untyped, 0, sizeof central->untyped);
    memset(central->typed, 0, typed_bytes(central->typed_capacity_count));
    central->typed_count = 0;
}

// The entry of (type, class), or the unused one where it belongs.
static struct central_typed_list *probe(struct central_typed_list *typed, size_t capacity_count,
                                        const struct heap_type *type, uint32_t class_index)
{
    const uint64_t key = (uintptr_t)type / 8 * SIZE_CLASS_COUNT + class_index;
    size_t i = (key * 0x9e3779b97f4a7c15u >> 32) & (capacity_count - 1);
    while (typed[i].type && (typed[i].type != type || typed[i].class_index != class_index)) {
        i = (i + 1) & (capacity_count - 1);
    }
    return &typed[i];
}

static void grow(struct central *central)
{
    const size_t old_count = central->typed_capacity_count;
    struct central_typed_list *const grown = os_memory_map(typed_bytes(2 * old_count));
    if (!grown) {
        fatal("out of memory: the table of heap types cannot grow to %zu bytes",
              typed_bytes(2 * old_count));
    }
    for (size_t i = 0; i < old_count; i++) {
        const struct central_typed_list *const entry = &central->typed[i];
        if (entry->type) {
            *probe(grown, 2 * old_count, entry->type, entry->class_index) = *entry;
        }
    }
    os_memory_release(central->typed, typed_bytes(old_count));
    central->typed = grown;
    central->typed_capacity_count = 2 * old_count;
}

static struct central_list *find_or_add(struct central *central, const struct heap_type *type,
                                        uint32_t class_index)
{
    if (2 * central->typed_count >= central->typed_capacity_count) {
        grow(central);
    }
    struct central_typed_list *const entry =
        probe(central->typed, central->typed_capacity_count, type, class_index);
    if (!entry->type) {
        *entry = (struct central_typed_list){.type = type, .class_index = class_index};
        central->typed_count++;
    }
    return &entry->list;
}

struct span *central_take(struct central *central, struct page_heap *heap, enum span_kind kind,
                          uint32_t class_index, const struct heap_type *type)
{
    ASSERT(kind != SPAN_FREE);
    ASSERT(class_index < SIZE_CLASS_COUNT);
    struct central_list *const list =
        kind == SPAN_TYPED
            ? &probe(central->typed, central->typed_capacity_count, type, class_index)->list
            : &central->untyped[kind][class_index];
    if (list->head_index == 0) {
        return NULL;
    }
    struct span *const span = &heap->spans[list->head_index];
    list->head_index = span->next_index;
    span->next_index = 0;
    return span;
}

void central_put(struct central *central, struct page_heap *heap, struct span *span)
{
    ASSERT(span->kind != SPAN_FREE);
    ASSERT(span->class_index < SIZE_CLASS_COUNT);
    struct central_list *const list = span->kind == SPAN_TYPED
                                          ? find_or_add(central, span->type, span->class_index)
                                          : &central->untyped[span->kind][span->class_index];
    const uint32_t index = page_heap_index(heap, span);
    span->next_index = 0;
    if (list->head_index == 0) {
        list->head_index = index;
    } else {
        heap->spans[list->tail_index].next_index = index;
    }
    list->tail_index = index;
}

static void check_list(const struct page_heap *heap, struct central_list list, enum span_kind kind,
                       uint32_t class_index, const struct heap_type *type)
{
    for (uint32_t index = list.head_index; index != 0; index = heap->spans[index].next_index) {
        const struct span *const span = &heap->spans[index];
        ASSERT(span->kind == kind);
        ASSERT(span->class_index == class_index);
        ASSERT(span->type == type);
        ASSERT(!span_is_full(span));
        ASSERT(span->next_index != 0 || list.tail_index == index);
    }
}

void central_check(const struct central *central, const struct page_heap *heap)
{
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        check_list(heap, central->untyped[SPAN_POINTER_FREE][i], SPAN_POINTER_FREE, i, NULL);
        check_list(heap, central->untyped[SPAN_CONSERVATIVE][i], SPAN_CONSERVATIVE, i, NULL);
    }
    size_t typed_count = 0;
    for (size_t i = 0; i < central->typed_capacity_count; i++) {
        const struct central_typed_list *const entry = &central->typed[i];
        if (entry->type) {
            check_list(heap, entry->list, SPAN_TYPED, entry->class_index, entry->type);
            typed_count++;
        }
    }
    ASSERT(typed_count == central->typed_count);
}
