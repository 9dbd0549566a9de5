// Free runs of pages by their length: finding one that fits.
#ifndef RUNTIME_PAGE_BINS_H
#define RUNTIME_PAGE_BINS_H

#include "runtime/span.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_BINS_EXACT = 64,  // bin i < 64 holds runs of i pages
    PAGE_BINS_COUNT = 256, // the others an eighth of a doubling each
};

// Zeroed: empty. Runs are named by their index in the array of all spans.
struct page_bins {
    uint64_t bits[PAGE_BINS_COUNT / 64]; // bin i is not empty
    uint32_t heads[PAGE_BINS_COUNT];
};

void page_bins_put(struct page_bins *bins, struct span *spans, struct span *run);

// Takes out a run, whose page count is what it was when it was put in.
void page_bins_remove(struct page_bins *bins, struct span *spans, struct span *run);

// The shortest run of page_count pages or more, or NULL; it stays in.
struct span *page_bins_best_fit(const struct page_bins *bins, struct span *spans,
                                size_t page_count);

// A long run, the longest but for an eighth, or NULL; it stays in.
struct span *page_bins_longest(const struct page_bins *bins, struct span *spans);

// Stops the program when an invariant does not hold. Returns the number of runs.
uint32_t page_bins_check(const struct page_bins *bins, const struct span *spans);

#endif
