// A list for each bin, with a bitmap of the bins that have any: finding a run is a search in four
// words. Bins below 64 pages hold one length each, so the fit there is exact; the larger ones are
// searched for their shortest run that fits. A tree ordered by length would bound that search, but
// merging keeps the number of long runs small.
#include "runtime/page_bins.h"

#include "base/assert.h"

#include <stdbool.h>

static uint32_t bin_of(size_t page_count)
{
    if (page_count < PAGE_BINS_EXACT) {
        return (uint32_t)page_count;
    }
    const uint32_t log2 = 63 - (uint32_t)__builtin_clzll(page_count);
    const uint32_t eighth = (uint32_t)(page_count >> (log2 - 3)) & 7;
    return PAGE_BINS_EXACT + (log2 - 6) * 8 + eighth;
}

void page_bins_put(struct page_bins *bins, struct span *spans, struct span *run)
{
    ASSERT(run->kind == SPAN_FREE);
    const uint32_t index = (uint32_t)(run - spans);
    const uint32_t bin = bin_of(run->page_count);
    run->previous_index = 0;
    run->next_index = bins->heads[bin];
    if (run->next_index != 0) {
        spans[run->next_index].previous_index = index;
    }
    bins->heads[bin] = index;
    bins->bits[bin / 64] |= 1ull << bin % 64;
}

void page_bins_remove(struct page_bins *bins, struct span *spans, struct span *run)
{
    ASSERT(run->kind == SPAN_FREE);
    const uint32_t bin = bin_of(run->page_count);
    if (run->previous_index != 0) {
        spans[run->previous_index].next_index = run->next_index;
    } else {
        bins->heads[bin] = run->next_index;
        if (run->next_index == 0) {
            bins->bits[bin / 64] &= ~(1ull << bin % 64);
        }
    }
    if (run->next_index != 0) {
        spans[run->next_index].previous_index = run->previous_index;
    }
}

// The first bin at or after `bin` that is not empty, or PAGE_BINS_COUNT.
static uint32_t next_bin(const struct page_bins *bins, uint32_t bin)
{
    for (; bin < PAGE_BINS_COUNT; bin = (bin / 64 + 1) * 64) {
        const uint64_t bits = bins->bits[bin / 64] >> bin % 64;
        if (bits != 0) {
            return bin + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return PAGE_BINS_COUNT;
}

// The shortest run of the bin with at least page_count pages, or NULL.
static struct span *best_in_bin(const struct page_bins *bins, struct span *spans, uint32_t bin,
                                size_t page_count)
{
    struct span *best = NULL;
    for (uint32_t index = bins->heads[bin]; index != 0; index = spans[index].next_index) {
        struct span *const run = &spans[index];
        if (run->page_count >= page_count && (!best || run->page_count < best->page_count)) {
            best = run;
            if (bin < PAGE_BINS_EXACT) {
                break;
            }
        }
    }
    return best;
}

struct span *page_bins_best_fit(const struct page_bins *bins, struct span *spans, size_t page_count)
{
    struct span *best = NULL;
    uint32_t bin = bin_of(page_count);
    while (!best && (bin = next_bin(bins, bin)) < PAGE_BINS_COUNT) {
        best = best_in_bin(bins, spans, bin++, page_count);
    }
    return best;
}

struct span *page_bins_longest(const struct page_bins *bins, struct span *spans)
{
    for (uint32_t i = PAGE_BINS_COUNT / 64; i-- > 0;) {
        if (bins->bits[i] != 0) {
            const uint32_t bin = i * 64 + 63 - (uint32_t)__builtin_clzll(bins->bits[i]);
            return &spans[bins->heads[bin]];
        }
    }
    return NULL;
}

uint32_t page_bins_check(const struct page_bins *bins, const struct span *spans)
{
    uint32_t run_count = 0;
    for (uint32_t bin = 0; bin < PAGE_BINS_COUNT; bin++) {
        const bool marked = bins->bits[bin / 64] >> bin % 64 & 1;
        ASSERT(marked == (bins->heads[bin] != 0));
        uint32_t previous_index = 0;
        for (uint32_t index = bins->heads[bin]; index != 0; index = spans[index].next_index) {
            ASSERT(spans[index].kind == SPAN_FREE);
            ASSERT(spans[index].previous_index == previous_index);
            ASSERT(bin_of(spans[index].page_count) == bin);
            previous_index = index;
            run_count++;
        }
    }
    return run_count;
}
