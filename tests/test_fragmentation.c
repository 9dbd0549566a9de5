// How much memory a heap takes whose objects come and go in patterns that are hard on it: the bytes
// mapped stay within a bound that follows from what is alive, however much is allocated.
#include "tests/heap_support.h"

#include "base/rng.h"

#include <string.h>

enum {
    // The least heap that collections are made for, with the garbage in it, and steps of mapping.
    BASE_BYTES = 16 * MIB,
    TABLE_COUNT = 1 << 19,
};

static void *table[TABLE_COUNT];
static uint64_t fill_bytes; // what fill() has stored
static uint32_t table_used;
static struct rng rng;

static void begin(void)
{
    memset(table, 0, sizeof table);
    table_used = 0;
    heap_root_add(table, sizeof table);
    rng_init(&rng, 1);
}

static uint64_t mapped(void)
{
    return stats_now().heap_mapped_bytes;
}

// Keeps objects of these sizes until they are total_bytes.
NOINLINE static void fill(const uint32_t *sizes, uint32_t size_count, uint64_t total_bytes)
{
    fill_bytes = 0;
    while (fill_bytes < total_bytes && table_used < TABLE_COUNT) {
        const uint32_t size_bytes = sizes[rng_below(&rng, size_count)];
        char *const object =
            rng_below(&rng, 2) ? heap_new_bytes(size_bytes) : heap_new_conservative(size_bytes);
        CHECK(object[0] == 0 && object[size_bytes - 1] == 0);
        object[size_bytes - 1] = 1;
        table[table_used++] = object;
        fill_bytes += size_bytes;
    }
    CHECK(table_used < TABLE_COUNT);
}

NOINLINE static void drop_every(uint32_t distance)
{
    for (uint32_t i = 0; i < table_used; i += distance) {
        table[i] = NULL;
    }
}

static const uint32_t first_sizes[] = {64, 112, 256, 700, 1500, 4000, 9000, 30000, 50000};
static const uint32_t other_sizes[] = {80, 160, 320, 1000, 2500, 6000, 15000, 40000, 70000};

static void leave_holes(void *arg)
{
    (void)arg;
    begin();
    enum { TOTAL = 24 * MIB };
    fill(first_sizes, 9, TOTAL);
    heap_collect();
    const uint64_t full_bytes = mapped();
    CHECK(full_bytes >= TOTAL);
    drop_every(2);
    heap_collect();
    // The same sizes fit into the holes, and need next to nothing else.
    for (int round = 0; round < 4; round++) {
        fill(first_sizes, 9, TOTAL / 2);
        drop_every(2);
        heap_collect();
        uint32_t kept_count = 0;
        for (uint32_t i = 0; i < table_used; i++) {
            if (table[i]) {
                table[kept_count++] = table[i];
            }
        }
        memset(table + kept_count, 0, (table_used - kept_count) * sizeof *table);
        table_used = kept_count;
    }
    CHECK(mapped() <= full_bytes + full_bytes / 4 + BASE_BYTES);
    // Other sizes need new spans, but no more than that.
    const uint64_t before_bytes = mapped();
    fill(other_sizes, 9, TOTAL / 2);
    CHECK(mapped() <= before_bytes + TOTAL / 2 * 5 / 4 + BASE_BYTES);
}

TEST(holes_are_filled_again)
{
    run_with((struct runtime_config){.procs = 1}, leave_holes);
    run_with((struct runtime_config){.procs = 2}, leave_holes);
}

// One size class after the other: each finds the spans of the ones before.
static void change_classes(void *arg)
{
    (void)arg;
    enum { TOTAL = 12 * MIB };
    static const uint32_t sizes[] = {64,   48,   1000,   96,  5000, 128, 160,   256,  40000, 320,
                                     8000, 2000, 100000, 400, 64,   700, 30000, 1500, 80,    3000};
    begin();
    uint64_t all_bytes = 0;
    for (unsigned round = 0; round < 20 * test_length(); round++) {
        table_used = 0;
        memset(table, 0, sizeof table);
        wipe_stack();
        heap_collect();
        fill(&sizes[round % 20], 1, TOTAL);
        all_bytes += fill_bytes;
    }
    CHECK(all_bytes >= 20 * (uint64_t)TOTAL);
    // Twice what is alive, for the garbage, plus rounding.
    CHECK(mapped() <= 2 * TOTAL * 5 / 4 + BASE_BYTES);
}

TEST(spans_serve_one_size_after_another)
{
    run_with((struct runtime_config){.procs = 1}, change_classes);
    run_with((struct runtime_config){.procs = 2}, change_classes);
}

static struct node *list;

NOINLINE static void make_list(uint32_t node_count)
{
    for (uint32_t i = 0; i < node_count; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, list);
        heap_store(&list, node);
    }
}

// The list in pieces, so that a stale word holds one of them only.
NOINLINE static void drop_list(void)
{
    for (struct node *node = list, *next; node; node = next) {
        next = node->next;
        heap_store(&node->next, NULL);
    }
    list = NULL;
}

static void spike(void *arg)
{
    (void)arg;
    enum { LOW_BYTES = 8 * MIB, HIGH_BYTES = 64 * MIB };
    begin();
    list = NULL;
    heap_root_add(&list, sizeof list);
    fill(first_sizes, 9, LOW_BYTES);
    uint64_t first_bytes = 0;
    for (unsigned round = 0; round < 4 * test_length(); round++) {
        make_list(HIGH_BYTES / sizeof(struct node));
        heap_collect();
        CHECK(stats_now().heap_live_bytes >= HIGH_BYTES + LOW_BYTES);
        const uint64_t high_bytes = mapped();
        first_bytes = round == 0 ? high_bytes : first_bytes;
        // The memory of the spike before serves this one.
        CHECK(high_bytes <= first_bytes + first_bytes / 8 + BASE_BYTES);
        drop_list();
        const uint64_t live = live_bytes();
        CHECK(live >= LOW_BYTES);
        CHECK(live <= LOW_BYTES * 3 / 2);
    }
    CHECK(first_bytes <= 2 * (HIGH_BYTES + LOW_BYTES) * 9 / 8 + BASE_BYTES);
}

TEST(a_spike_falls_and_the_next_finds_its_memory)
{
    run_with((struct runtime_config){.procs = 1}, spike);
    run_with((struct runtime_config){.procs = 2}, spike);
}

// Large objects of random lengths replace each other: free runs of pages must merge and be cut.
static void churn_large(void *arg)
{
    (void)arg;
    enum { COUNT = 40, LARGEST_BYTES = 1 * MIB };
    begin();
    uint64_t allocated_bytes = 0;
    uint64_t live = 0;
    uint64_t live_max = 0;
    static uint32_t lengths[COUNT];
    memset(lengths, 0, sizeof lengths);
    for (unsigned i = 0; i < 3000 * test_length(); i++) {
        const uint32_t at = rng_below(&rng, COUNT);
        const uint32_t size_bytes = 33 * KIB + rng_below(&rng, LARGEST_BYTES);
        live += size_bytes - (uint64_t)lengths[at];
        lengths[at] = size_bytes;
        live_max = live > live_max ? live : live_max;
        char *const object = heap_new_bytes(size_bytes);
        CHECK(object[0] == 0 && object[size_bytes / 2] == 0 && object[size_bytes - 1] == 0);
        object[0] = 1;
        object[size_bytes / 2] = 1;
        object[size_bytes - 1] = 1;
        table[at] = object;
        allocated_bytes += size_bytes;
    }
    CHECK(allocated_bytes > 20 * live_max);
    CHECK(mapped() <= 3 * live_max + BASE_BYTES);
}

TEST(large_objects_of_all_lengths_share_their_memory)
{
    run_with((struct runtime_config){.procs = 1}, churn_large);
    run_with((struct runtime_config){.procs = 2}, churn_large);
}

// What dies serves what comes: once the heap has its size, next to no memory is new.
static void churn_settled(void *arg)
{
    (void)arg;
    enum { KEPT = 20000, ROUND = 40 * KEPT };
    static const uint32_t sizes[] = {16, 64, 200, 1000, 5000};
    begin();
    uint64_t settled_bytes = 0;
    uint64_t allocated_bytes = 0;
    for (unsigned i = 0; i < 3 * ROUND; i++) {
        if (i == ROUND) {
            settled_bytes = stats_now().heap_fresh_bytes;
            CHECK(settled_bytes <= mapped());
            allocated_bytes = stats_now().heap_alloc_bytes;
        }
        table[rng_below(&rng, KEPT)] = heap_new_bytes(sizes[rng_below(&rng, 5)]);
    }
    CHECK(stats_now().heap_alloc_bytes - allocated_bytes > 20 * settled_bytes);
    CHECK(stats_now().heap_fresh_bytes <= settled_bytes + settled_bytes / 10);
}

TEST(a_heap_uses_its_memory_again_before_it_grows)
{
    run_with((struct runtime_config){.procs = 1}, churn_settled);
    run_with((struct runtime_config){.procs = 2}, churn_settled);
}

// What a collection has freed lies above as much that lives, and is found although allocation has
// hardly begun to pay for the sweep of what lies below.
static uint32_t reused_bytes;

static void reuse_from_above(void *arg)
{
    (void)arg;
    enum { TOTAL = 16 * MIB, REUSED = 2 * MIB };
    begin();
    fill(&reused_bytes, 1, TOTAL);
    memset(table + table_used / 2, 0, (table_used - table_used / 2) * sizeof *table);
    const uint64_t gc_count = stats_now().gc_count;
    while (stats_now().gc_count == gc_count) {
        heap_new_bytes(reused_bytes);
    }
    const uint64_t fresh_bytes = stats_now().heap_fresh_bytes;
    for (uint32_t done_bytes = 0; done_bytes < REUSED; done_bytes += reused_bytes) {
        heap_new_bytes(reused_bytes);
    }
    // A span or two while the sweep finds its way.
    CHECK(stats_now().heap_fresh_bytes - fresh_bytes <= 256 * KIB + 2 * reused_bytes);
}

TEST(freed_memory_is_found_before_the_heap_grows)
{
    static const uint32_t reused_sizes[] = {64, 1000, 20000, 300000};
    for (int i = 0; i < 4; i++) {
        reused_bytes = reused_sizes[i];
        run_with((struct runtime_config){.procs = 1}, reuse_from_above);
    }
}

// A constant amount is alive while everything is replaced again and again.
static const uint32_t some_sizes[] = {64, 256, 4000, 50000, 300000};
static const uint32_t mixed_sizes[] = {16, 64, 100, 500, 2000, 9000, 33000, 70000};
static struct {
    const uint32_t *sizes;
    uint32_t size_count;
    unsigned percent;
} churned;

// What the heap makes of the sizes.
static void learn_rounding(uint32_t *rounded)
{
    for (uint32_t i = 0; i < churned.size_count; i++) {
        const uint64_t before_bytes = stats_now().heap_alloc_bytes;
        heap_new_bytes(churned.sizes[i]);
        rounded[i] = (uint32_t)(stats_now().heap_alloc_bytes - before_bytes);
    }
}

static void churn_constant(void *arg)
{
    (void)arg;
    enum { LIVE_BYTES = 16 * MIB, SIZES_MAX = 8 };
    static uint32_t lengths[TABLE_COUNT];
    uint32_t rounded[SIZES_MAX];
    begin();
    memset(lengths, 0, sizeof lengths);
    learn_rounding(rounded);
    uint64_t live = 0;
    uint64_t live_max = 0;
    uint64_t most_bytes = 0;
    uint64_t all_bytes = 0;
    uint64_t look_bytes = 0;
    while (all_bytes < 7 * (uint64_t)LIVE_BYTES * test_length()) {
        const uint32_t size = rng_below(&rng, churned.size_count);
        const uint32_t at =
            live < LIVE_BYTES && live_max < LIVE_BYTES ? table_used++ : rng_below(&rng, table_used);
        table[at] = size % 2 ? heap_new_conservative(churned.sizes[size])
                             : heap_new_bytes(churned.sizes[size]);
        live += rounded[size] - (uint64_t)lengths[at];
        lengths[at] = rounded[size];
        live_max = live > live_max ? live : live_max;
        all_bytes += rounded[size];
        if (all_bytes > look_bytes) {
            const uint64_t now_bytes = mapped();
            most_bytes = now_bytes > most_bytes ? now_bytes : most_bytes;
            look_bytes = all_bytes + LIVE_BYTES / 32;
        }
    }
    CHECK(stats_now().gc_count >= 3);
    const uint64_t goal_bytes = live_max / 100 * (100 + churned.percent);
    CHECK(most_bytes >= live_max);
    CHECK(most_bytes <= goal_bytes + goal_bytes * 15 / 100 + 2 * MIB);
}

static void churn_with(const uint32_t *sizes, uint32_t size_count, unsigned percent, unsigned procs)
{
    churned.sizes = sizes;
    churned.size_count = size_count;
    churned.percent = percent;
    run_with((struct runtime_config){.procs = procs, .gc_percent = percent}, churn_constant);
}

TEST(a_constant_live_set_keeps_the_heap_near_its_goal)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        for (uint32_t i = 0; i < 5; i++) {
            churn_with(&some_sizes[i], 1, i % 2 ? 50 : 100, procs);
        }
        churn_with(mixed_sizes, 8, 100, procs);
        churn_with(mixed_sizes, 8, 50, procs);
    }
}
