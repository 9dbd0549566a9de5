// The first and the last page of a free run name its span, as boundary tags do, so that merging
// needs no search. The pages in between keep stale entries: freeing costs the same for any length.
//
// The frontier moves back when the last run becomes free. So a heap that empties starts again from
// the bottom, and its top merges with the fresh pages beyond.
#include "runtime/page_heap.h"

#include "base/assert.h"
#include "runtime/os_memory.h"

#include <errno.h>

// A mprotect() costs about a microsecond, the faults of touching a MiB a thousand times that:
// larger steps save nothing, and would count memory as mapped that may never be used.
static const size_t COMMIT_STEP_BYTES = 1024 * 1024;

static size_t table_bytes(size_t reserved_bytes)
{
    return reserved_bytes / SPAN_PAGE_BYTES * sizeof(uint32_t);
}

static size_t spans_bytes(size_t reserved_bytes)
{
    // Every page its own span, and spans[0].
    return (reserved_bytes / SPAN_PAGE_BYTES + 1) * sizeof(struct span);
}

static size_t bits_bytes(size_t reserved_bytes)
{
    return (reserved_bytes / SPAN_PAGE_BYTES + 63) / 64 * sizeof(uint64_t);
}

static size_t reservation_bytes(size_t reserved_bytes)
{
    // The system aligns to 4 KiB, spans to 8.
    return reserved_bytes + SPAN_PAGE_BYTES;
}

static int map_all(struct page_heap *heap, size_t reserved_bytes)
{
    *heap = (struct page_heap){
        .reservation = os_memory_reserve(reservation_bytes(reserved_bytes)),
        .reserved_bytes = reserved_bytes,
        .span_of_page = os_memory_map(table_bytes(reserved_bytes)),
        .spans = os_memory_map(spans_bytes(reserved_bytes)),
        .returned_bits = os_memory_map(bits_bytes(reserved_bytes)),
        .span_count = 1,
    };
    if (!heap->reservation || !heap->span_of_page || !heap->spans || !heap->returned_bits) {
        page_heap_release(heap);
        return -ENOMEM;
    }
    const uintptr_t start = (uintptr_t)heap->reservation;
    heap->base = heap->reservation + (-start & (SPAN_PAGE_BYTES - 1));
    return 0;
}

int page_heap_init(struct page_heap *heap, size_t reserved_bytes)
{
    ASSERT((reserved_bytes & (reserved_bytes - 1)) == 0);
    ASSERT(reserved_bytes >= PAGE_HEAP_BYTES_MIN);
    int error;
    do {
        error = map_all(heap, reserved_bytes);
        reserved_bytes /= 2;
    } while (error && reserved_bytes >= PAGE_HEAP_BYTES_MIN);
    return error;
}

void page_heap_release(struct page_heap *heap)
{
    const size_t reserved_bytes = heap->reserved_bytes;
    os_memory_release(heap->reservation, reservation_bytes(reserved_bytes));
    os_memory_release(heap->span_of_page, table_bytes(reserved_bytes));
    os_memory_release(heap->spans, spans_bytes(reserved_bytes));
    os_memory_release(heap->returned_bits, bits_bytes(reserved_bytes));
    *heap = (struct page_heap){0};
}

// A span that describes nothing yet. There is always one: there are as many as pages.
static struct span *take_descriptor(struct page_heap *heap)
{
    if (heap->unused_index == 0) {
        return &heap->spans[heap->span_count++];
    }
    struct span *const span = &heap->spans[heap->unused_index];
    heap->unused_index = span->next_index;
    return span;
}

static void drop_descriptor(struct page_heap *heap, struct span *span)
{
    span->kind = SPAN_FREE;
    __atomic_store_n(&span->used_bytes, 0, __ATOMIC_RELAXED);
    span->next_index = heap->unused_index;
    heap->unused_index = page_heap_index(heap, span);
}

static void set_page(struct page_heap *heap, uint32_t page, uint32_t index)
{
    __atomic_store_n(&heap->span_of_page[page], index, __ATOMIC_RELAXED);
}

static struct page_bins *bins_of(struct page_heap *heap, const struct span *run)
{
    return run->is_returned ? &heap->returned : &heap->held;
}

// Puts a free run into its bin and tags its ends.
static void link_free(struct page_heap *heap, struct span *run)
{
    const uint32_t index = page_heap_index(heap, run);
    const uint32_t first_page = page_heap_first_page(heap, run);
    run->kind = SPAN_FREE;
    __atomic_store_n(&run->used_bytes, 0, __ATOMIC_RELAXED);
    page_bins_put(bins_of(heap, run), heap->spans, run);
    set_page(heap, first_page, index);
    set_page(heap, first_page + run->page_count - 1, index);
}

static void unlink_free(struct page_heap *heap, struct span *run)
{
    page_bins_remove(bins_of(heap, run), heap->spans, run);
}

// Runs that the system has are taken first: those that were given back cost faults.
static struct span *best_fit(struct page_heap *heap, size_t page_count)
{
    struct span *const run = page_bins_best_fit(&heap->held, heap->spans, page_count);
    return run ? run : page_bins_best_fit(&heap->returned, heap->spans, page_count);
}

static bool is_returned(const struct page_heap *heap, uint32_t page)
{
    return heap->returned_bits[page / 64] >> page % 64 & 1;
}

static void set_returned(struct page_heap *heap, uint32_t first_page, uint32_t page_count,
                         bool returned)
{
    if (!returned && heap->returned_page_count == 0) {
        return;
    }
    for (uint32_t page = first_page; page < first_page + page_count; page++) {
        if (is_returned(heap, page) != returned) {
            heap->returned_bits[page / 64] ^= 1ull << page % 64;
            heap->returned_page_count += returned ? 1 : UINT32_MAX;
        }
    }
}

// Cuts a free run to page_count pages; the rest stays free.
static void cut(struct page_heap *heap, struct span *run, uint32_t page_count)
{
    const uint32_t rest_page_count = run->page_count - page_count;
    unlink_free(heap, run);
    run->page_count = page_count;
    if (rest_page_count > 0) {
        struct span *const rest = take_descriptor(heap);
        rest->base = run->base + (size_t)page_count * SPAN_PAGE_BYTES;
        rest->page_count = rest_page_count;
        rest->is_returned = run->is_returned;
        link_free(heap, rest);
    }
}

static size_t round_up(size_t size_bytes)
{
    return (size_bytes + COMMIT_STEP_BYTES - 1) & ~(COMMIT_STEP_BYTES - 1);
}

// Commits memory up to the given page; 0 or -ENOMEM.
static int commit(struct page_heap *heap, size_t end_page)
{
    const size_t needed_bytes = end_page * SPAN_PAGE_BYTES;
    if (needed_bytes <= heap->committed_bytes) {
        return 0;
    }
    const size_t rounded_bytes = round_up(needed_bytes);
    ASSERT(rounded_bytes <= heap->reserved_bytes);
    const int error =
        os_memory_commit(heap->base + heap->committed_bytes, rounded_bytes - heap->committed_bytes);
    if (!error) {
        __atomic_store_n(&heap->committed_bytes, rounded_bytes, __ATOMIC_RELAXED);
    }
    return error;
}

static struct span *extend(struct page_heap *heap, uint32_t page_count)
{
    const size_t end_page = (size_t)heap->frontier_page + page_count;
    if (end_page > heap->reserved_bytes / SPAN_PAGE_BYTES || commit(heap, end_page) != 0) {
        return NULL;
    }
    struct span *const span = take_descriptor(heap);
    span->base = heap->base + (size_t)heap->frontier_page * SPAN_PAGE_BYTES;
    span->page_count = page_count;
    span->needs_zero = heap->frontier_page < heap->untouched_page;
    heap->frontier_page = (uint32_t)end_page;
    if (heap->untouched_page < heap->frontier_page) {
        heap->fresh_page_count += heap->frontier_page - heap->untouched_page;
        heap->untouched_page = heap->frontier_page;
    }
    return span;
}

struct span *page_heap_alloc(struct page_heap *heap, size_t page_count)
{
    ASSERT(page_count > 0);
    if (page_count > heap->reserved_bytes / SPAN_PAGE_BYTES) {
        return NULL;
    }
    const uint32_t wanted_page_count = (uint32_t)page_count;
    struct span *span = best_fit(heap, page_count);
    if (span) {
        cut(heap, span, wanted_page_count);
        span->needs_zero = !span->is_returned;
    } else {
        span = extend(heap, wanted_page_count);
        if (!span) {
            return NULL;
        }
    }
    const uint32_t first_page = page_heap_first_page(heap, span);
    const uint32_t index = page_heap_index(heap, span);
    for (uint32_t i = 0; i < wanted_page_count; i++) {
        set_page(heap, first_page + i, index);
    }
    heap->fresh_page_count += heap->returned_page_count;
    set_returned(heap, first_page, wanted_page_count, false);
    heap->fresh_page_count -= heap->returned_page_count;
    heap->used_page_count += wanted_page_count;
    span->sweep_epoch = heap->sweep_epoch;
    return span;
}

static bool joins(const struct span *neighbour, bool returned_only)
{
    return neighbour->kind == SPAN_FREE && (neighbour->is_returned || !returned_only);
}

// Takes the free neighbours of a run, which is in no bin, into it. Its is_returned holds for what
// it becomes: the system has all of the neighbours too, or the run has just been freed.
static void merge(struct page_heap *heap, struct span *run, bool returned_only)
{
    for (;;) {
        const uint32_t first_page = page_heap_first_page(heap, run);
        const uint32_t end_page = first_page + run->page_count;
        struct span *neighbour;
        if (first_page > 0 &&
            joins(neighbour = page_heap_at(heap, first_page - 1), returned_only)) {
            run->base = neighbour->base;
        } else if (end_page == heap->frontier_page ||
                   !joins(neighbour = page_heap_at(heap, end_page), returned_only)) {
            return;
        }
        unlink_free(heap, neighbour);
        run->page_count += neighbour->page_count;
        drop_descriptor(heap, neighbour);
    }
}

uint32_t page_heap_free(struct page_heap *heap, struct span *span)
{
    ASSERT(span->kind != SPAN_FREE);
    ASSERT(heap->used_page_count >= span->page_count);
    heap->used_page_count -= span->page_count;
    span->is_returned = false;
    merge(heap, span, false);
    const uint32_t first_page = page_heap_first_page(heap, span);
    const uint32_t end_page = first_page + span->page_count;
    if (end_page == heap->frontier_page) {
        // What lies beyond the frontier is given back from its end, see page_heap_give_back().
        set_returned(heap, first_page, span->page_count, false);
        heap->frontier_page = first_page;
        drop_descriptor(heap, span);
        return first_page;
    }
    link_free(heap, span);
    return end_page;
}

// Beyond the frontier, from the end.
static size_t give_back_top(struct page_heap *heap, size_t page_count_max)
{
    const size_t held_count = heap->untouched_page - heap->frontier_page;
    const size_t count = held_count < page_count_max ? held_count : page_count_max;
    heap->untouched_page -= (uint32_t)count;
    os_memory_give_back(heap->base + (size_t)heap->untouched_page * SPAN_PAGE_BYTES,
                        count * SPAN_PAGE_BYTES);
    const size_t needed_bytes = round_up((size_t)heap->untouched_page * SPAN_PAGE_BYTES);
    if (needed_bytes < heap->committed_bytes) {
        os_memory_uncommit(heap->base + needed_bytes, heap->committed_bytes - needed_bytes);
        __atomic_store_n(&heap->committed_bytes, needed_bytes, __ATOMIC_RELAXED);
    }
    return count;
}

size_t page_heap_give_back(struct page_heap *heap, size_t page_count_max)
{
    ASSERT(page_count_max > 0);
    if (heap->untouched_page > heap->frontier_page) {
        return give_back_top(heap, page_count_max);
    }
    struct span *const run = page_bins_longest(&heap->held, heap->spans);
    if (!run) {
        return 0;
    }
    if (run->page_count > page_count_max) {
        cut(heap, run, (uint32_t)page_count_max);
    } else {
        unlink_free(heap, run);
    }
    os_memory_give_back(run->base, (size_t)run->page_count * SPAN_PAGE_BYTES);
    const size_t count = run->page_count;
    set_returned(heap, page_heap_first_page(heap, run), run->page_count, true);
    run->is_returned = true;
    merge(heap, run, true);
    link_free(heap, run);
    return count;
}

size_t page_heap_held_bytes(const struct page_heap *heap)
{
    return heap->committed_bytes - (size_t)heap->returned_page_count * SPAN_PAGE_BYTES;
}

void page_heap_check(const struct page_heap *heap)
{
    ASSERT(heap->frontier_page <= heap->untouched_page);
    ASSERT((size_t)heap->untouched_page * SPAN_PAGE_BYTES <= heap->committed_bytes);
    ASSERT(heap->committed_bytes <= heap->reserved_bytes);
    ASSERT(heap->spans[0].used_bytes == 0);
    uint32_t used_page_count = 0;
    uint32_t run_count = 0;
    uint32_t returned_count = 0;
    const struct span *before = NULL; // the run that ends here
    uint32_t page = 0;
    while (page < heap->frontier_page) {
        const struct span *const span = page_heap_at(heap, page);
        const bool is_free = span->kind == SPAN_FREE;
        span_check(span);
        ASSERT(page_heap_first_page(heap, span) == page);
        ASSERT(!(is_free && before && before->is_returned == span->is_returned));
        for (uint32_t i = 0; i < span->page_count; i++) {
            ASSERT(is_free || !is_returned(heap, page + i));
            ASSERT(!is_free || !span->is_returned || is_returned(heap, page + i));
            returned_count += is_returned(heap, page + i);
        }
        for (uint32_t i = 0; i < span->page_count && !is_free; i++) {
            ASSERT(page_heap_at(heap, page + i) == span);
        }
        ASSERT(page_heap_at(heap, page + span->page_count - 1) == span);
        used_page_count += is_free ? 0 : span->page_count;
        run_count += is_free;
        before = is_free ? span : NULL;
        page += span->page_count;
    }
    ASSERT(page == heap->frontier_page);
    ASSERT(!before || before->is_returned);
    ASSERT(returned_count == heap->returned_page_count);
    ASSERT(used_page_count == heap->used_page_count);
    ASSERT(run_count == page_bins_check(&heap->held, heap->spans) +
                            page_bins_check(&heap->returned, heap->spans));
}
