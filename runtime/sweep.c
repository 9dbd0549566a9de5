// Spans are visited in the order of their addresses, so that the lists are in that order too, and
// allocation after a collection moves through memory upwards. An object costs nothing here: a span
// does, the copying of two words for each 64 of its objects.
#include "runtime/sweep.h"

#include "base/assert.h"

#include <string.h>

// What STRESS_CHECK_MARK fills freed objects with: as a pointer it is not canonical, and so faults.
enum { POISON_BYTE = 0xdb };

static void poison(const struct span *span)
{
    for (uint32_t i = 0; i < span->object_count; i++) {
        if (span_is_allocated(span, i) && !span_is_marked(span, i)) {
            memset(span_object(span, i), POISON_BYTE, span->object_bytes);
        }
    }
}

// Returns the number of objects that remain.
static uint32_t sweep_span(struct span *span)
{
    uint32_t live_count = 0;
    for (uint32_t i = 0; i < span_word_count(span); i++) {
        const uint64_t marked = span->bits[i].marked;
        span->bits[i] = (struct span_bits){.allocated = marked};
        live_count += (uint32_t)__builtin_popcountll(marked);
    }
    span->search_index = 0;
    span->needs_zero = true;
    span->mask_is_valid = false;
    return live_count;
}

uint64_t sweep_run(struct heap *heap)
{
    struct page_heap *const page_heap = &heap->page_heap;
    uint64_t live_bytes = 0;
    uint32_t page = 0;
    while (page < page_heap->frontier_page) {
        struct span *const span = page_heap_at(page_heap, page);
        page += span->page_count;
        if (span->kind == SPAN_FREE) {
            continue;
        }
        if (heap->check_mark) {
            poison(span);
        }
        const uint32_t live_count = sweep_span(span);
        ASSERT(live_count <= span->object_count);
        live_bytes += live_count * span->object_bytes;
        if (live_count == 0) {
            page = page_heap_free(page_heap, span);
        } else if (live_count < span->object_count) {
            central_put(&heap->central, page_heap, span);
        }
    }
    return live_bytes;
}
