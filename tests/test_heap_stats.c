// The heap's counters against the exact counts of the program that allocates: how many objects, how
// many bytes, how much is alive; while coroutines on several processors allocate and collect.
//
// What a size is rounded up to is learnt from one allocation of it, checked against the bounds that
// the classes promise, and must be the same every time after.
#include "tests/heap_support.h"

#include "base/rng.h"

#include <stdatomic.h>

enum { WORKER_COUNT = 5, SIZE_COUNT = 24 };

// Pointer-free objects under 16 bytes are left out: they may share one.
static const uint32_t sizes[SIZE_COUNT] = {16,   17,   24,   40,    48,    56,    100,   128,
                                           129,  200,  256,  500,   513,   1024,  1025,  3000,
                                           4096, 8200, 9000, 20000, 32768, 32769, 65536, 100001};

enum kind { BYTES, CONSERVATIVE, TYPED, ARRAY, KIND_COUNT };

struct count {
    uint64_t objects;
    uint64_t bytes;
};

static uint64_t rounded[KIND_COUNT][SIZE_COUNT];
static struct channel *done;
static struct channel *kept_done;
static struct count counts[WORKER_COUNT];
static _Atomic(bool) ended;

static void *allocate(enum kind kind, uint32_t size_bytes)
{
    switch (kind) {
    case BYTES:
        return heap_new_bytes(size_bytes);
    case CONSERVATIVE:
        return heap_new_conservative(size_bytes);
    case TYPED:
        return heap_new(&NODE);
    default:
        return heap_new_array(&NODE, size_bytes / sizeof(struct node));
    }
}

static uint32_t exact_bytes(enum kind kind, uint32_t size_bytes)
{
    switch (kind) {
    case TYPED:
        return sizeof(struct node);
    case ARRAY:
        return size_bytes / sizeof(struct node) * sizeof(struct node);
    default:
        return size_bytes;
    }
}

// Nobody else allocates.
static void measure(void)
{
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        for (int i = 0; i < SIZE_COUNT; i++) {
            const uint64_t before_bytes = stats_now().heap_alloc_bytes;
            const uint64_t before_count = stats_now().heap_alloc_count;
            allocate(kind, sizes[i]);
            rounded[kind][i] = stats_now().heap_alloc_bytes - before_bytes;
            CHECK_EQUAL(stats_now().heap_alloc_count - before_count, 1);
            const uint64_t size_bytes = exact_bytes(kind, sizes[i]);
            CHECK(rounded[kind][i] >= size_bytes);
            CHECK(rounded[kind][i] <=
                  size_bytes + (size_bytes <= 32 * KIB ? size_bytes / 4 + 16 : 8 * KIB));
        }
    }
}

static void allocate_random(struct rng *rng, struct count *count)
{
    const enum kind kind = rng_below(rng, KIND_COUNT);
    const uint32_t i = rng_below(rng, rng_below(rng, SIZE_COUNT) + 1);
    allocate(kind, sizes[i]);
    count->objects++;
    count->bytes += rounded[kind][i];
}

static void work(void *arg)
{
    const uintptr_t index = (uintptr_t)arg;
    struct rng rng;
    rng_init(&rng, index);
    for (unsigned i = 0; i < 3000 * test_length(); i++) {
        allocate_random(&rng, &counts[index]);
        if (i % 64 == 0) {
            coroutine_yield();
        }
    }
    channel_send(done, NULL);
}

static bool grew(const struct runtime_stats *old, const struct runtime_stats *new)
{
    return new->heap_alloc_count >= old->heap_alloc_count &&new->heap_alloc_bytes >=
           old->heap_alloc_bytes &&new->gc_count >= old->gc_count &&new->gc_pause_ns_total >=
           old->gc_pause_ns_total &&new->gc_pause_ns_max >=
           old->gc_pause_ns_max &&new->gc_mark_ns_total >=
           old->gc_mark_ns_total &&new->gc_assist_ns_total >=
           old->gc_assist_ns_total &&new->coroutine_spawn_count >=
           old->coroutine_spawn_count &&new->coroutine_switch_count >= old->coroutine_switch_count;
}

// Reads the counters all the time.
static void watch(void *arg)
{
    (void)arg;
    struct runtime_stats old = stats_now();
    uint64_t wrong_count = 0;
    while (!atomic_load(&ended)) {
        const struct runtime_stats new = stats_now();
        wrong_count += !grew(&old, &new);
        wrong_count += new.heap_live_bytes > new.heap_alloc_bytes;
        wrong_count += new.gc_pause_ns_max > new.gc_pause_ns_total;
        wrong_count += new.gc_count > 0 && new.gc_mark_ns_total == 0;
        old = new;
        coroutine_yield();
    }
    CHECK_EQUAL(wrong_count, 0);
    channel_send(done, NULL);
}

static void count_together(void *arg)
{
    (void)arg;
    heap_root_add(&done, sizeof done);
    done = channel_new(0, 0);
    measure();
    atomic_store(&ended, false);
    const struct runtime_stats before = stats_now();
    for (uintptr_t i = 0; i < WORKER_COUNT; i++) {
        counts[i] = (struct count){0};
        CHECK_EQUAL(coroutine_spawn(work, (void *)i), 0);
    }
    CHECK_EQUAL(coroutine_spawn(watch, NULL), 0);
    for (int i = 0; i < WORKER_COUNT; i++) {
        if (i == 2) {
            heap_collect();
        }
        channel_receive(done, NULL);
    }
    atomic_store(&ended, true);
    channel_receive(done, NULL);
    struct count total = {0};
    for (int i = 0; i < WORKER_COUNT; i++) {
        total.objects += counts[i].objects;
        total.bytes += counts[i].bytes;
    }
    const struct runtime_stats after = stats_now();
    CHECK_EQUAL(after.heap_alloc_count - before.heap_alloc_count, total.objects);
    CHECK_EQUAL(after.heap_alloc_bytes - before.heap_alloc_bytes, total.bytes);
    CHECK(after.gc_count > before.gc_count);
    CHECK_EQUAL(after.coroutine_spawn_count, WORKER_COUNT + 2);
}

TEST(allocations_of_all_procs_add_up)
{
    for (unsigned procs = 1; procs <= 3; procs++) {
        run_with((struct runtime_config){.procs = procs}, count_together);
        run_with((struct runtime_config){.procs = procs, .stress = STRESS_CHECK_MARK},
                 count_together);
    }
}

// ---- what is alive ------------------------------------------------------------------------------

enum { KEPT_COUNT = 3000 };
static void *kept[KEPT_COUNT];
static uint64_t kept_bytes[KEPT_COUNT];
static uint64_t live_expected;
static struct rng kept_rng;

// In a coroutine of its own, so that no stack holds what is dropped.
static void keep_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < KEPT_COUNT; i++) {
        const uint32_t choice = rng_below(&kept_rng, 3);
        if (choice == 0) {
            kept[i] = NULL;
            kept_bytes[i] = 0;
        } else if (choice == 1) {
            const enum kind kind = rng_below(&kept_rng, KIND_COUNT);
            const uint32_t size = rng_below(&kept_rng, rng_below(&kept_rng, SIZE_COUNT) + 1);
            heap_store(&kept[i], allocate(kind, sizes[size]));
            kept_bytes[i] = rounded[kind][size];
        }
        struct count dropped = {0};
        allocate_random(&kept_rng, &dropped);
    }
    live_expected = 0;
    for (int i = 0; i < KEPT_COUNT; i++) {
        live_expected += kept_bytes[i];
    }
    channel_send(kept_done, NULL);
}

static void measure_alone(void *arg)
{
    (void)arg;
    measure();
    channel_send(kept_done, NULL);
}

static void run_alone(void (*fn)(void *))
{
    CHECK_EQUAL(coroutine_spawn(fn, NULL), 0);
    channel_receive(kept_done, NULL);
}

static void count_live(void *arg)
{
    (void)arg;
    for (int i = 0; i < KEPT_COUNT; i++) {
        kept[i] = NULL;
        kept_bytes[i] = 0;
    }
    heap_root_add(kept, sizeof kept);
    heap_root_add(&kept_done, sizeof kept_done);
    kept_done = channel_new(0, 0);
    rng_init(&kept_rng, 5);
    run_alone(measure_alone);
    heap_collect();
    const uint64_t base_bytes = stats_now().heap_live_bytes;
    for (unsigned round = 0; round < 8 * test_length(); round++) {
        run_alone(keep_some);
        heap_collect();
        const struct runtime_stats stats = stats_now();
        CHECK_EQUAL(stats.heap_live_bytes, base_bytes + live_expected);
        CHECK(stats.heap_mapped_bytes >= stats.heap_live_bytes);
        // A second one finds the same.
        heap_collect();
        CHECK_EQUAL(stats_now().heap_live_bytes, stats.heap_live_bytes);
        CHECK(stats_now().gc_count > stats.gc_count);
    }
}

TEST(live_bytes_are_those_of_the_objects_kept)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        run_with((struct runtime_config){.procs = procs}, count_live);
        run_with((struct runtime_config){.procs = procs, .stress = STRESS_CHECK_MARK}, count_live);
    }
}

// ---- small and fresh ----------------------------------------------------------------------------

static void allocate_tiny(void *arg)
{
    (void)arg;
    enum { TINY_COUNT = 100000 };
    const struct runtime_stats before = stats_now();
    for (uint32_t i = 0; i < TINY_COUNT; i++) {
        heap_new_bytes(1 + i % 15);
    }
    const struct runtime_stats after = stats_now();
    CHECK_EQUAL(after.heap_alloc_count - before.heap_alloc_count, TINY_COUNT);
    const uint64_t size_bytes = after.heap_alloc_bytes - before.heap_alloc_bytes;
    CHECK(size_bytes >= 8 * (uint64_t)TINY_COUNT);
    CHECK(size_bytes <= 16 * (uint64_t)TINY_COUNT);
}

TEST(tiny_objects_are_counted_each)
{
    run(allocate_tiny);
}

static void do_little(void *arg)
{
    (void)arg;
    const struct runtime_stats stats = stats_now();
    CHECK_EQUAL(stats.heap_alloc_count, 0);
    CHECK_EQUAL(stats.heap_alloc_bytes, 0);
    CHECK_EQUAL(stats.heap_live_bytes, 0);
    CHECK_EQUAL(stats.gc_count, 0);
    CHECK_EQUAL(stats.gc_pause_ns_total, 0);
    CHECK_EQUAL(stats.gc_pause_ns_max, 0);
    CHECK_EQUAL(stats.gc_mark_ns_total, 0);
    CHECK_EQUAL(stats.gc_assist_ns_total, 0);
    CHECK_EQUAL(stats.coroutine_spawn_count, 1);
    heap_new_bytes(100);
    heap_collect();
}

TEST(every_run_counts_from_zero)
{
    for (int i = 0; i < 3; i++) {
        run(do_little);
        const struct runtime_stats stats = stats_now();
        CHECK_EQUAL(stats.heap_alloc_count, 1);
        CHECK_EQUAL(stats.gc_count, 1);
        CHECK(stats.gc_pause_ns_max > 0);
        CHECK(stats.gc_pause_ns_max <= stats.gc_pause_ns_total);
        CHECK_EQUAL(stats.heap_mapped_bytes, 0);
    }
}

// ---- garbage of a collection that is under way --------------------------------------------------

enum { BALLAST_COUNT = 200000, GARBAGE_BYTES = 128 * KIB };
static struct node *ballast;

static void make_ballast(void *arg)
{
    (void)arg;
    for (int i = 0; i < BALLAST_COUNT; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, ballast);
        heap_store(&ballast, node);
    }
    channel_send(kept_done, NULL);
}

NOINLINE static void make_one(void)
{
    heap_new_bytes(GARBAGE_BYTES);
    __asm__ volatile("");
}

// It may be some time between the send and this coroutine's end, when a worker that collects all
// the time has yet to run it: no word of its stack must hold the object then.
static void make_garbage(void *arg)
{
    (void)arg;
    make_one();
    wipe_stack();
    channel_send(kept_done, NULL);
}

static void collect_until_ended(void *arg)
{
    (void)arg;
    while (!atomic_load(&ended)) {
        heap_collect();
    }
    channel_send(done, NULL);
}

static void collect_in_turns(void *arg)
{
    (void)arg;
    ballast = NULL;
    heap_root_add(&ballast, sizeof ballast);
    heap_root_add(&done, sizeof done);
    heap_root_add(&kept_done, sizeof kept_done);
    done = channel_new(0, 0);
    kept_done = channel_new(0, 0);
    run_alone(make_ballast);
    heap_collect();
    const uint64_t base_bytes = stats_now().heap_live_bytes;
    atomic_store(&ended, false);
    CHECK_EQUAL(coroutine_spawn(collect_until_ended, NULL), 0);
    for (unsigned round = 0; round < 20 * test_length(); round++) {
        run_alone(make_garbage);
        // The other's collection may have begun before, and keeps what was made since.
        heap_collect();
        CHECK(stats_now().heap_live_bytes < base_bytes + GARBAGE_BYTES);
    }
    atomic_store(&ended, true);
    channel_receive(done, NULL);
}

TEST(a_collection_begins_after_it_was_asked_for)
{
    run_with((struct runtime_config){.procs = 2}, collect_in_turns);
}
