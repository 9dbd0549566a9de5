// Spans are visited in the order of their addresses, so that the lists are in that order too, and
// allocation after a collection moves through memory upwards. An object costs nothing here: a span
// does, the copying of two words for each 64 of its objects.
//
// Spans that came into being since carry the new epoch: the walk passes over them. It always stands
// at the first page of a span or of a free run: only the walk itself frees pages, and goes on after
// the run that they have become part of.
#include "runtime/sweep.h"

#include "base/assert.h"
#include "runtime/world.h"

#include <string.h>

// What STRESS_CHECK_MARK fills freed objects with: as a pointer it is not canonical, and so faults.
enum { POISON_BYTE = 0xdb };

// Swept in one go by sweep_finish(): some microseconds for whoever waits for the lock.
enum { FINISH_SPANS = 64 };

// Swept at once for an allocation's share, and at most; an eighth of the way to the next collection
// is kept in reserve, for one that begins early.
enum { PAID_SPANS = 4, PAID_ROUNDS_MAX = 16, SPARE_PART = 8 };

void sweep_begin(struct heap *heap)
{
    ASSERT(heap->sweep_page >= heap->sweep_end_page);
    heap->page_heap.sweep_epoch++;
    heap->sweep_page = 0;
    heap->sweep_end_page = heap->page_heap.frontier_page;
}

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
        // A stale word may have marked an object that a cache then gave back.
        const uint64_t live = span->bits[i].marked & span->bits[i].allocated;
        span->bits[i] = (struct span_bits){.allocated = live};
        live_count += span_bit_count(live);
    }
    ASSERT(span->scan_state == SPAN_SCAN_NONE);
    span_clear_scanned(span);
    span->search_index = 0;
    span->needs_zero = true;
    span->pointer_mask = 0;
    return live_count;
}

bool sweep_some(struct heap *heap, uint32_t span_count)
{
    struct page_heap *const page_heap = &heap->page_heap;
    uint32_t end_page = heap->sweep_end_page;
    while (span_count > 0) {
        // It moves back when the last pages become free.
        end_page = end_page < page_heap->frontier_page ? end_page : page_heap->frontier_page;
        if (heap->sweep_page >= end_page) {
            heap->sweep_page = heap->sweep_end_page;
            return false;
        }
        struct span *const span = page_heap_at(page_heap, heap->sweep_page);
        ASSERT(page_heap_first_page(page_heap, span) == heap->sweep_page);
        heap->sweep_page += span->page_count;
        if (span->kind == SPAN_FREE || span->sweep_epoch == page_heap->sweep_epoch) {
            continue;
        }
        span_count--;
        span->sweep_epoch = page_heap->sweep_epoch;
        if (heap->check_mark) {
            poison(span);
        }
        const uint32_t live_count = sweep_span(span);
        ASSERT(live_count <= span->object_count);
        if (live_count == 0) {
            heap->sweep_page = page_heap_free(page_heap, span);
        } else if (live_count < span->object_count) {
            central_put(&heap->central, page_heap, span);
        }
    }
    return true;
}

void sweep_pay(struct heap *heap)
{
    if (heap->sweep_page >= heap->sweep_end_page) {
        return;
    }
    const uint64_t trigger_bytes = heap->pacer.trigger_bytes;
    const uint64_t paid_bytes = trigger_bytes - trigger_bytes / SPARE_PART + 1;
    const uint64_t due_page = heap->sweep_end_page * heap->pacer.allocated_bytes / paid_bytes;
    for (uint32_t i = 0; i < PAID_ROUNDS_MAX && heap->sweep_page < due_page; i++) {
        if (!sweep_some(heap, PAID_SPANS)) {
            break;
        }
    }
}

void sweep_finish(struct heap *heap)
{
    bool more;
    do {
        world_lock_acquire(&heap->lock);
        more = sweep_some(heap, FINISH_SPANS);
        lock_release(&heap->lock);
        world_poll();
    } while (more);
}
