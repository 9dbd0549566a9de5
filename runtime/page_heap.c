// Free runs are kept in bins by length, with a bitmap of the bins that have any: finding one is a
// search in four words. Bins below 64 pages hold one length each, so the fit there is exact; the
// larger ones are searched for their shortest run that fits. A tree ordered by length would bound
// that search, but merging keeps the number of long runs small.
//
// The first and the last page of a free run name its span, as boundary tags do, so that merging
// needs no search. The pages in between keep stale entries: freeing costs the same for any length.
//
// The frontier moves back when the last run becomes free. So a heap that empties starts again from
// the bottom, and its top merges with the fresh pages beyond.
#include "runtime/page_heap.h"

#include "base/assert.h"
#include "runtime/os_memory.h"

#include <errno.h>

// A mprotect() costs about a microsecond, the faults of touching 4 MiB a thousand times that:
// larger steps save nothing, and would count memory as mapped that may never be used.
static const size_t COMMIT_STEP_BYTES = 4 * 1024 * 1024;

static uint32_t bin_of(size_t page_count)
{
    if (page_count < PAGE_HEAP_EXACT_BINS) {
        return (uint32_t)page_count;
    }
    const uint32_t log2 = 63 - (uint32_t)__builtin_clzll(page_count);
    const uint32_t eighth = (uint32_t)(page_count >> (log2 - 3)) & 7;
    return PAGE_HEAP_EXACT_BINS + (log2 - 6) * 8 + eighth;
}

static size_t table_bytes(size_t reserved_bytes)
{
    return reserved_bytes / SPAN_PAGE_BYTES * sizeof(uint32_t);
}

static size_t spans_bytes(size_t reserved_bytes)
{
    // Every page its own span, and spans[0].
    return (reserved_bytes / SPAN_PAGE_BYTES + 1) * sizeof(struct span);
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
        .span_count = 1,
    };
    if (!heap->reservation || !heap->span_of_page || !heap->spans) {
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

// Puts a free run into its bin and tags its ends.
static void link_free(struct page_heap *heap, struct span *run)
{
    const uint32_t index = page_heap_index(heap, run);
    const uint32_t bin = bin_of(run->page_count);
    const uint32_t first_page = page_heap_first_page(heap, run);
    run->kind = SPAN_FREE;
    __atomic_store_n(&run->used_bytes, 0, __ATOMIC_RELAXED);
    run->previous_index = 0;
    run->next_index = heap->bins[bin];
    if (run->next_index != 0) {
        heap->spans[run->next_index].previous_index = index;
    }
    heap->bins[bin] = index;
    heap->bin_bits[bin / 64] |= 1ull << bin % 64;
    set_page(heap, first_page, index);
    set_page(heap, first_page + run->page_count - 1, index);
}

static void unlink_free(struct page_heap *heap, struct span *run)
{
    ASSERT(run->kind == SPAN_FREE);
    const uint32_t bin = bin_of(run->page_count);
    if (run->previous_index != 0) {
        heap->spans[run->previous_index].next_index = run->next_index;
    } else {
        heap->bins[bin] = run->next_index;
        if (run->next_index == 0) {
            heap->bin_bits[bin / 64] &= ~(1ull << bin % 64);
        }
    }
    if (run->next_index != 0) {
        heap->spans[run->next_index].previous_index = run->previous_index;
    }
}

// The first bin at or after `bin` that is not empty, or PAGE_HEAP_BIN_COUNT.
static uint32_t next_bin(const struct page_heap *heap, uint32_t bin)
{
    for (; bin < PAGE_HEAP_BIN_COUNT; bin = (bin / 64 + 1) * 64) {
        const uint64_t bits = heap->bin_bits[bin / 64] >> bin % 64;
        if (bits != 0) {
            return bin + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return PAGE_HEAP_BIN_COUNT;
}

// The shortest run of the bin with at least page_count pages, or NULL.
static struct span *best_in_bin(const struct page_heap *heap, uint32_t bin, size_t page_count)
{
    struct span *best = NULL;
    for (uint32_t index = heap->bins[bin]; index != 0; index = heap->spans[index].next_index) {
        struct span *const run = &heap->spans[index];
        if (run->page_count >= page_count && (!best || run->page_count < best->page_count)) {
            best = run;
            if (bin < PAGE_HEAP_EXACT_BINS) {
                break;
            }
        }
    }
    return best;
}

static struct span *best_fit(const struct page_heap *heap, size_t page_count)
{
    struct span *best = NULL;
    uint32_t bin = bin_of(page_count);
    while (!best && (bin = next_bin(heap, bin)) < PAGE_HEAP_BIN_COUNT) {
        best = best_in_bin(heap, bin++, page_count);
    }
    return best;
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
        link_free(heap, rest);
    }
}

// Commits memory up to the given page; 0 or -ENOMEM.
static int commit(struct page_heap *heap, size_t end_page)
{
    const size_t needed_bytes = end_page * SPAN_PAGE_BYTES;
    if (needed_bytes <= heap->committed_bytes) {
        return 0;
    }
    const size_t step_mask = COMMIT_STEP_BYTES - 1;
    const size_t rounded_bytes = (needed_bytes + step_mask) & ~step_mask;
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
        span->needs_zero = true;
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
    heap->used_page_count += wanted_page_count;
    span->sweep_epoch = heap->sweep_epoch;
    return span;
}

// Takes the free neighbours of a run into it.
static void merge(struct page_heap *heap, struct span *run)
{
    const uint32_t first_page = page_heap_first_page(heap, run);
    const uint32_t end_page = first_page + run->page_count;
    struct span *const before = first_page > 0 ? page_heap_at(heap, first_page - 1) : NULL;
    struct span *const after = end_page < heap->frontier_page ? page_heap_at(heap, end_page) : NULL;
    if (before && before->kind == SPAN_FREE) {
        unlink_free(heap, before);
        run->base = before->base;
        run->page_count += before->page_count;
        drop_descriptor(heap, before);
    }
    if (after && after->kind == SPAN_FREE) {
        unlink_free(heap, after);
        run->page_count += after->page_count;
        drop_descriptor(heap, after);
    }
}

uint32_t page_heap_free(struct page_heap *heap, struct span *span)
{
    ASSERT(span->kind != SPAN_FREE);
    ASSERT(heap->used_page_count >= span->page_count);
    heap->used_page_count -= span->page_count;
    merge(heap, span);
    const uint32_t first_page = page_heap_first_page(heap, span);
    const uint32_t end_page = first_page + span->page_count;
    if (end_page == heap->frontier_page) {
        heap->frontier_page = first_page;
        drop_descriptor(heap, span);
        return first_page;
    }
    link_free(heap, span);
    return end_page;
}

// Counts the runs in the bins; checks that each is where it belongs.
static uint32_t check_bins(const struct page_heap *heap)
{
    uint32_t run_count = 0;
    for (uint32_t bin = 0; bin < PAGE_HEAP_BIN_COUNT; bin++) {
        const bool marked = heap->bin_bits[bin / 64] >> bin % 64 & 1;
        ASSERT(marked == (heap->bins[bin] != 0));
        uint32_t previous_index = 0;
        for (uint32_t index = heap->bins[bin]; index != 0; index = heap->spans[index].next_index) {
            ASSERT(heap->spans[index].kind == SPAN_FREE);
            ASSERT(heap->spans[index].previous_index == previous_index);
            ASSERT(bin_of(heap->spans[index].page_count) == bin);
            previous_index = index;
            run_count++;
        }
    }
    return run_count;
}

void page_heap_check(const struct page_heap *heap)
{
    ASSERT(heap->frontier_page <= heap->untouched_page);
    ASSERT((size_t)heap->untouched_page * SPAN_PAGE_BYTES <= heap->committed_bytes);
    ASSERT(heap->committed_bytes <= heap->reserved_bytes);
    ASSERT(heap->spans[0].used_bytes == 0);
    uint32_t used_page_count = 0;
    uint32_t run_count = 0;
    bool after_free = false;
    uint32_t page = 0;
    while (page < heap->frontier_page) {
        const struct span *const span = page_heap_at(heap, page);
        const bool is_free = span->kind == SPAN_FREE;
        span_check(span);
        ASSERT(page_heap_first_page(heap, span) == page);
        ASSERT(!(is_free && after_free));
        for (uint32_t i = 0; i < span->page_count && !is_free; i++) {
            ASSERT(page_heap_at(heap, page + i) == span);
        }
        ASSERT(page_heap_at(heap, page + span->page_count - 1) == span);
        used_page_count += is_free ? 0 : span->page_count;
        run_count += is_free;
        after_free = is_free;
        page += span->page_count;
    }
    ASSERT(page == heap->frontier_page);
    ASSERT(!after_free);
    ASSERT(used_page_count == heap->used_page_count);
    ASSERT(run_count == check_bins(heap));
}
