// The page heap: one reserved range of addresses, cut into spans of whole pages.
//
//     base                                frontier              committed           reserved
//      | span | free | span | span | free | never or no longer used | inaccessible    |
//
// Pages below the frontier belong to a span or to a free run, which lie without gaps; what becomes
// free is merged with its neighbours, and what touches the frontier moves it back. Freed pages stay
// with the process until they are given back.
//
// Its user sees to it that one thread at a time changes it; page_heap_lookup() may be called by any
// at the same time.
#ifndef RUNTIME_PAGE_HEAP_H
#define RUNTIME_PAGE_HEAP_H

#include "runtime/page_bins.h"
#include "runtime/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_heap {
    char *reservation;     // as the system gave it
    char *base;            // aligned to a page
    size_t reserved_bytes; // from base on
    size_t committed_bytes;
    uint32_t frontier_page;    // the first page that is in no span and no free run
    uint32_t untouched_page;   // the first that never was: from here on memory is zero
    uint32_t used_page_count;  // in spans
    uint8_t sweep_epoch : 6;   // of new spans; those with another one are to be swept
    uint32_t *span_of_page;    // span index of every page of a span; of a free run: first and last
    struct span *spans;        // spans[0] stands for "none": nothing lies in it
    uint32_t span_count;       // spans[] handed out so far, used or not
    uint32_t unused_index;     // list of handed-out spans[] that describe nothing
    struct page_bins held;     // free runs
    struct page_bins returned; // those that the system has back as a whole
    uint64_t *returned_bits;   // bit i: page i, of a free run, has been given back
    uint32_t returned_page_count; // of those bits
    uint64_t fresh_page_count;    // pages of spans that nobody had used, or were given back before
};

// Reserves up to reserved_bytes (a power of two, at least PAGE_HEAP_BYTES_MIN), halved until the
// system grants it. Returns 0 or -ENOMEM.
int page_heap_init(struct page_heap *heap, size_t reserved_bytes);
enum { PAGE_HEAP_BYTES_MIN = 16 * 1024 * 1024 };

// Unmaps everything and leaves *heap zeroed.
void page_heap_release(struct page_heap *heap);

// A span of page_count pages, to be given to span_init() or span_init_large(); the best fit among
// the free runs, else fresh pages. Returns NULL when the range is exhausted or the system refuses.
struct span *page_heap_alloc(struct page_heap *heap, size_t page_count);

// Makes the span's pages a free run. Returns the page after that run, or the frontier when that has
// moved back: where a walk over the spans goes on.
uint32_t page_heap_free(struct page_heap *heap, struct span *span);

// Gives memory of free pages back to the system, page_count_max at most: what lies beyond the
// frontier first, then the longest runs. Returns the number of pages, 0 when there are none. A walk
// over the spans must not go on after it: runs may have merged.
size_t page_heap_give_back(struct page_heap *heap, size_t page_count_max);

// The bytes that are the process's: committed and not given back.
size_t page_heap_held_bytes(const struct page_heap *heap);

// Stops the program when an invariant does not hold. Walks every span and bin.
void page_heap_check(const struct page_heap *heap);

static inline uint32_t page_heap_index(const struct page_heap *heap, const struct span *span)
{
    return (uint32_t)(span - heap->spans);
}

static inline uint32_t page_heap_first_page(const struct page_heap *heap, const struct span *span)
{
    return (uint32_t)((size_t)(span->base - heap->base) / SPAN_PAGE_BYTES);
}

// The span or free run that begins at a page below the frontier.
static inline struct span *page_heap_at(const struct page_heap *heap, uint32_t first_page)
{
    return &heap->spans[__atomic_load_n(&heap->span_of_page[first_page], __ATOMIC_RELAXED)];
}

// The span that has an object at this address, or NULL; the object may be free. Any value may be
// asked for: a stale entry, within a free run, names a span that does not contain the address.
// Others may allocate pages meanwhile, but not free any.
static inline struct span *page_heap_lookup(const struct page_heap *heap, const void *address)
{
    const size_t offset_bytes = (uintptr_t)address - (uintptr_t)heap->base;
    if (offset_bytes >= __atomic_load_n(&heap->committed_bytes, __ATOMIC_RELAXED)) {
        return NULL;
    }
    struct span *const span = page_heap_at(heap, (uint32_t)(offset_bytes / SPAN_PAGE_BYTES));
    const size_t used_bytes = __atomic_load_n(&span->used_bytes, __ATOMIC_ACQUIRE);
    return used_bytes != 0 && (uintptr_t)address - (uintptr_t)span->base < used_bytes ? span : NULL;
}

#endif
