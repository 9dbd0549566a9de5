// Spans and the page heap, without a runtime around them.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/page_heap.h"
#include "runtime/span.h"

#include <string.h>

enum { RESERVED_BYTES = 64 * 1024 * 1024, RESERVED_PAGES = RESERVED_BYTES / SPAN_PAGE_BYTES };

static struct page_heap heap;

static void start(void)
{
    size_class_init();
    CHECK_EQUAL(page_heap_init(&heap, RESERVED_BYTES), 0);
}

static void stop(void)
{
    page_heap_check(&heap);
    page_heap_release(&heap);
    CHECK(!heap.base);
}

static struct span *take(size_t page_count)
{
    struct span *span = page_heap_alloc(&heap, page_count);
    if (span) {
        span_init_large(span, SPAN_POINTER_FREE, NULL);
    }
    return span;
}

static uint32_t first_page(const struct span *span)
{
    return page_heap_first_page(&heap, span);
}

TEST(a_span_claims_each_object_once)
{
    start();
    for (uint32_t class_index = 0; class_index < SIZE_CLASS_COUNT; class_index++) {
        struct span *span = page_heap_alloc(&heap, size_class_table[class_index].page_count);
        span_init(span, SPAN_CONSERVATIVE, class_index, NULL);
        uint32_t claimed_count = 0;
        uint32_t count;
        uint32_t first;
        while ((count = span_claim(span, 7, &first)) > 0) {
            CHECK_EQUAL(first, claimed_count);
            claimed_count += count;
            span_check(span);
        }
        CHECK_EQUAL(claimed_count, span->object_count);
        CHECK_EQUAL(span_allocated_count(span), span->object_count);
        CHECK(span_is_full(span));
    }
    stop();
}

TEST(a_claimed_run_ends_at_an_allocated_object)
{
    start();
    struct span *span = page_heap_alloc(&heap, 1);
    span_init(span, SPAN_POINTER_FREE, 0, NULL);
    uint32_t first;
    CHECK_EQUAL(span_claim(span, SPAN_OBJECTS_MAX, &first), SPAN_OBJECTS_MAX);
    span_unclaim(span, 60, 10); // across a word of bits
    span_unclaim(span, 127, 1);
    span_unclaim(span, SPAN_OBJECTS_MAX - 3, 3);
    CHECK(!span_is_full(span));
    CHECK_EQUAL(span_claim(span, 4, &first), 4);
    CHECK_EQUAL(first, 60);
    CHECK_EQUAL(span_claim(span, 100, &first), 6);
    CHECK_EQUAL(first, 64);
    CHECK_EQUAL(span_claim(span, 100, &first), 1);
    CHECK_EQUAL(first, 127);
    CHECK_EQUAL(span_claim(span, 100, &first), 3);
    CHECK_EQUAL(first, SPAN_OBJECTS_MAX - 3);
    CHECK_EQUAL(span_claim(span, 100, &first), 0);
    span_unclaim(span, 10, 20); // within one
    CHECK_EQUAL(span_claim(span, 7, &first), 7);
    CHECK_EQUAL(first, 10);
    CHECK_EQUAL(span_claim(span, 100, &first), 13);
    span_check(span);
    stop();
}

TEST(what_is_claimed_again_is_not_marked_yet)
{
    start();
    struct span *span = page_heap_alloc(&heap, 1);
    span_init(span, SPAN_POINTER_FREE, 0, NULL);
    uint32_t first;
    CHECK_EQUAL(span_claim(span, 200, &first), 200);
    CHECK_EQUAL(span_blacken(span, 0, 200), 200);
    CHECK_EQUAL(span_blacken(span, 50, 200), 50);
    span_unclaim(span, 60, 100);
    CHECK_EQUAL(span_claim(span, 200, &first), 100);
    CHECK_EQUAL(first, 60);
    CHECK_EQUAL(span_blacken(span, 60, 100), 100);
    stop();
}

// Of its pages' last user nothing is left.
TEST(a_span_begins_empty)
{
    start();
    enum { COUNT = SPAN_BATCH_OBJECTS_MAX };
    static const uint64_t maps[] = {1, 2};
    static const struct heap_type types[] = {{"even", 16, &maps[0]}, {"odd", 16, &maps[1]}};
    for (int i = 0; i < 4; i++) {
        struct span *const span = page_heap_alloc(&heap, 1);
        span_init(span, SPAN_TYPED, size_class_of(16), &types[i % 2]);
        CHECK_EQUAL(span_allocated_count(span), 0);
        CHECK_EQUAL(span_pointer_mask(span), maps[i % 2]);
        CHECK_EQUAL(span->scan_state, SPAN_SCAN_NONE);
        CHECK_EQUAL(span->scanned[COUNT / 64 - 1], 0);
        uint32_t first;
        CHECK_EQUAL(span_claim(span, COUNT, &first), COUNT);
        CHECK_EQUAL(span_blacken(span, 0, COUNT), COUNT);
        span->scan_state = SPAN_SCAN_MANY;
        page_heap_free(&heap, span);
    }
    stop();
}

TEST(a_type_map_repeats_over_the_object)
{
    start();
    static const uint64_t map[] = {0x5 | 0xff8}; // words 0 and 2 of three; beyond, it says nothing
    static const struct heap_type type = {"three words", 24, map};
    struct span *span = page_heap_alloc(&heap, 1);
    span_init(span, SPAN_TYPED, size_class_of(96), &type);
    CHECK_EQUAL(span_pointer_mask(span), 05555);
    span = page_heap_alloc(&heap, 1);
    span_init(span, SPAN_TYPED, size_class_of(80), &type);
    CHECK_EQUAL(span_pointer_mask(span), 05555 & 0x3ff);
    stop();
}

TEST(neighbours_merge_and_the_best_fit_is_taken)
{
    start();
    struct span *spans[8];
    for (uint32_t i = 0; i < 8; i++) {
        spans[i] = take(i == 1 ? 10 : i == 5 ? 6 : 2);
        CHECK(!spans[i]->needs_zero);
        page_heap_check(&heap);
    }
    const uint32_t six = first_page(spans[5]);
    const uint32_t ten = first_page(spans[1]);
    CHECK_EQUAL(page_heap_free(&heap, spans[1]), ten + 10);
    CHECK_EQUAL(page_heap_free(&heap, spans[5]), six + 6);
    page_heap_check(&heap);
    struct span *fits = take(5);
    CHECK_EQUAL(first_page(fits), six);
    CHECK(fits->needs_zero);
    CHECK_EQUAL(page_heap_free(&heap, fits), six + 6);
    CHECK_EQUAL(page_heap_free(&heap, spans[2]), ten + 12);
    CHECK_EQUAL(page_heap_free(&heap, spans[0]), ten + 12);
    struct span *merged = take(14);
    CHECK_EQUAL(first_page(merged), ten - 2);
    page_heap_check(&heap);
    stop();
}

// Runs that share a bin, the longest one in front of it.
TEST(the_best_fit_among_long_runs_is_taken)
{
    start();
    static const uint32_t lengths[] = {67, 65, 71};
    struct span *runs[3];
    for (int i = 0; i < 3; i++) {
        runs[i] = take(lengths[i]);
        take(1); // keeps them apart
    }
    const uint32_t best = first_page(runs[0]);
    for (int i = 0; i < 3; i++) {
        page_heap_free(&heap, runs[i]);
    }
    CHECK_EQUAL(first_page(take(66)), best);
    stop();
}

TEST(pages_are_fresh_once_and_again_after_they_were_given_back)
{
    start();
    struct span *low = take(3);
    struct span *middle = take(100);
    struct span *high = take(5);
    CHECK_EQUAL(heap.fresh_page_count, 108);
    page_heap_free(&heap, middle);
    middle = take(60); // cut from what it had
    CHECK_EQUAL(heap.fresh_page_count, 108);
    CHECK_EQUAL(page_heap_give_back(&heap, 30), 30);
    struct span *rest = take(40); // held or not: its neighbour of ten pages is no use
    CHECK(heap.fresh_page_count > 108);
    page_heap_free(&heap, high);
    page_heap_free(&heap, rest);
    page_heap_free(&heap, middle);
    page_heap_free(&heap, low);
    const uint64_t before = heap.fresh_page_count;
    low = take(100);
    CHECK_EQUAL(heap.fresh_page_count, before);
    page_heap_free(&heap, low);
    while (page_heap_give_back(&heap, 16) > 0) {
    }
    low = take(100);
    CHECK_EQUAL(heap.fresh_page_count, before + 100);
    page_heap_free(&heap, low);
    take(150);
    CHECK_EQUAL(heap.fresh_page_count, before + 150);
    stop();
}

TEST(what_is_left_of_a_returned_run_is_returned_too)
{
    start();
    struct span *const run = take(10);
    const uint32_t first = first_page(run);
    take(1);
    page_heap_free(&heap, run);
    const size_t held_bytes = page_heap_held_bytes(&heap);
    CHECK_EQUAL(page_heap_give_back(&heap, 5), 5);
    CHECK_EQUAL(page_heap_give_back(&heap, 16), 5);
    CHECK_EQUAL(held_bytes - page_heap_held_bytes(&heap), 10 * SPAN_PAGE_BYTES);
    struct span *const whole = take(10); // both parts
    CHECK_EQUAL(first_page(whole), first);
    CHECK(!whole->needs_zero);
    page_heap_free(&heap, whole);
    CHECK_EQUAL(page_heap_give_back(&heap, 16), 10);
    CHECK(!take(4)->needs_zero);
    CHECK_EQUAL(page_heap_give_back(&heap, 16), 0);
    CHECK(!take(6)->needs_zero);
    stop();
}

TEST(the_longest_run_is_given_back_first)
{
    start();
    struct span *const runs[] = {take(10), take(1), take(40), take(1), take(20), take(1)};
    for (int i = 0; i < 6; i += 2) {
        page_heap_free(&heap, runs[i]);
    }
    CHECK_EQUAL(page_heap_give_back(&heap, 100), 40);
    CHECK_EQUAL(page_heap_give_back(&heap, 100), 20);
    CHECK_EQUAL(page_heap_give_back(&heap, 100), 10);
    stop();
}

TEST(what_is_held_is_taken_before_what_was_given_back)
{
    start();
    struct span *const returned = take(4);
    take(1);
    struct span *const held = take(4);
    take(1);
    const uint32_t held_page = first_page(held);
    page_heap_free(&heap, returned);
    CHECK_EQUAL(page_heap_give_back(&heap, 16), 4);
    page_heap_free(&heap, held);
    CHECK_EQUAL(first_page(take(4)), held_page);
    stop();
}

TEST(the_frontier_moves_back)
{
    start();
    struct span *low = take(3);
    struct span *middle = take(100);
    struct span *high = take(5);
    CHECK_EQUAL(heap.frontier_page, 108);
    CHECK_EQUAL(page_heap_free(&heap, middle), 103);
    CHECK_EQUAL(page_heap_free(&heap, high), 3);
    CHECK_EQUAL(heap.frontier_page, 3);
    struct span *again = take(200);
    CHECK_EQUAL(first_page(again), 3);
    CHECK(again->needs_zero);
    CHECK(!take(1)->needs_zero);
    CHECK_EQUAL(first_page(low), 0);
    stop();
}

TEST(an_exhausted_range_is_reported)
{
    start();
    CHECK(!take(RESERVED_PAGES + 1));
    CHECK(!take((size_t)1 << 60));
    struct span *all = take(RESERVED_PAGES);
    CHECK(all);
    CHECK(!take(1));
    all->base[RESERVED_BYTES - 1] = 1;
    page_heap_free(&heap, all);
    CHECK(take(1));
    stop();
}

TEST(lookup_finds_what_contains_an_address)
{
    start();
    struct span *one = take(4);
    struct span *two = take(3);
    for (size_t i = 0; i < 4 * SPAN_PAGE_BYTES; i += 1000) {
        CHECK(page_heap_lookup(&heap, one->base + i) == one);
    }
    char *inside = one->base + 2 * SPAN_PAGE_BYTES;
    char *beyond = two->base + 3 * SPAN_PAGE_BYTES;
    CHECK(page_heap_lookup(&heap, two->base) == two);
    CHECK(!page_heap_lookup(&heap, beyond));
    CHECK(!page_heap_lookup(&heap, NULL));
    CHECK(!page_heap_lookup(&heap, one->base - 1));
    CHECK(!page_heap_lookup(&heap, &heap));
    page_heap_free(&heap, one);
    CHECK(!page_heap_lookup(&heap, inside));
    // `one` is reused elsewhere; its stale entries must not name it for the old place.
    struct span *three = take(20);
    CHECK(!page_heap_lookup(&heap, inside));
    CHECK(page_heap_lookup(&heap, three->base + 1) == three);
    inside = three->base + 1;
    page_heap_free(&heap, three); // beyond the frontier now
    CHECK(!page_heap_lookup(&heap, inside));
    stop();
}

// Random lengths against a map of pages: no two spans overlap, none is lost, all comes back.
TEST(random_allocation_never_overlaps)
{
    start();
    enum { SPAN_COUNT = 300, STEP_COUNT = 20000 };
    static struct span *spans[SPAN_COUNT];
    static uint16_t owner[RESERVED_PAGES];
    memset(spans, 0, sizeof spans);
    memset(owner, 0, sizeof owner);
    struct rng rng;
    rng_init(&rng, 1);
    uint32_t overlap_count = 0;
    for (uint32_t step = 0; step < STEP_COUNT; step++) {
        const uint32_t i = rng_below(&rng, SPAN_COUNT);
        if (spans[i]) {
            const uint32_t page = first_page(spans[i]);
            for (uint32_t p = page; p < page + spans[i]->page_count; p++) {
                overlap_count += owner[p] != i + 1;
                owner[p] = 0;
            }
            page_heap_free(&heap, spans[i]);
            spans[i] = NULL;
        } else {
            const uint32_t longest = rng_below(&rng, 8) == 0 ? 200 : 12;
            spans[i] = take(1 + rng_below(&rng, longest));
            CHECK(spans[i]);
            const uint32_t page = first_page(spans[i]);
            for (uint32_t p = page; p < page + spans[i]->page_count; p++) {
                overlap_count += owner[p] != 0;
                owner[p] = (uint16_t)(i + 1);
            }
        }
        if (step % 100 == 0) {
            page_heap_check(&heap);
        }
    }
    CHECK_EQUAL(overlap_count, 0);
    CHECK(heap.span_count <= 2 * SPAN_COUNT + 2); // spans and what lies between
    for (uint32_t i = 0; i < SPAN_COUNT; i++) {
        if (spans[i]) {
            page_heap_free(&heap, spans[i]);
        }
    }
    CHECK_EQUAL(heap.used_page_count, 0);
    CHECK_EQUAL(heap.frontier_page, 0);
    stop();
}

// Random spans, filled; free pages are given back now and then, and what comes from them is zero
// unless it says that it may not be.
TEST(pages_given_back_come_again_as_zero)
{
    enum { SLOTS = 200, STEPS = 20000 };
    static struct span *spans[SLOTS];
    start();
    struct rng rng;
    rng_init(&rng, 77);
    size_t returned_count = 0;
    uint32_t used_count = 0;
    for (int step = 0; step < STEPS; step++) {
        const uint32_t slot = rng_below(&rng, SLOTS);
        if (spans[slot]) {
            used_count -= spans[slot]->page_count;
            page_heap_free(&heap, spans[slot]);
            spans[slot] = NULL;
        } else if ((spans[slot] = take(1 + rng_below(&rng, rng_below(&rng, 10) ? 8 : 60)))) {
            const struct span *const span = spans[slot];
            const size_t size_bytes = (size_t)span->page_count * SPAN_PAGE_BYTES;
            used_count += span->page_count;
            for (size_t i = 0; i < size_bytes && !span->needs_zero; i += 512) {
                CHECK(span->base[i] == 0);
            }
            memset(span->base, 0xa5, size_bytes);
        }
        if (rng_below(&rng, 50) == 0) {
            returned_count += page_heap_give_back(&heap, 1 + rng_below(&rng, 100));
            page_heap_check(&heap);
        }
        CHECK(page_heap_held_bytes(&heap) >= (size_t)used_count * SPAN_PAGE_BYTES);
    }
    CHECK(returned_count > 1000);
    // Until nothing is left, the heap holds what is in use, and the rest of a step of mapping.
    while (page_heap_give_back(&heap, 64) > 0) {
    }
    page_heap_check(&heap);
    CHECK(page_heap_held_bytes(&heap) < (size_t)used_count * SPAN_PAGE_BYTES + 4 * 1024 * 1024);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        if (spans[slot]) {
            page_heap_free(&heap, spans[slot]);
            spans[slot] = NULL;
        }
    }
    stop();
}
