// Several processors mark at the same time: those without a coroutine to run do it beside a program
// that never allocates, and two that meet in the same spans lose nothing.
#include "tests/heap_support.h"

#include "base/rng.h"
#include "runtime/collector.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"

static void **root;

enum { NODE_COUNT = 20000, LINK_COUNT = 4 };

struct links {
    struct links *to[LINK_COUNT];
};
static const uint64_t LINKS_MAP[] = {0xf};
static const struct heap_type LINKS = {"links", sizeof(struct links), LINKS_MAP};

// A ring of all nodes, so that each is reachable, with links from everywhere to anywhere: every
// marker comes to every span, again and again. The table is gone at the end.
NOINLINE static void build(uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed);
    static const uint64_t slot_map[] = {1};
    static const struct heap_type slot = {"slot", sizeof(void *), slot_map};
    heap_store(&root, heap_new_array(&slot, NODE_COUNT));
    for (int i = 0; i < NODE_COUNT; i++) {
        heap_store(&root[i], heap_new(&LINKS));
    }
    for (int i = 0; i < NODE_COUNT; i++) {
        struct links *const node = root[i];
        heap_store(&node->to[0], root[(i + 1) % NODE_COUNT]);
        for (int link = 1; link < LINK_COUNT; link++) {
            heap_store(&node->to[link], root[rng_below(&rng, NODE_COUNT)]);
        }
    }
    void *const first = root[0];
    for (int i = 0; i < NODE_COUNT; i++) {
        heap_store(&root[i], NULL);
    }
    heap_store(&root, first);
}

static void collect_often(void *arg)
{
    (void)arg;
    enum { COLLECTION_COUNT = 200, BYTES = NODE_COUNT * sizeof(struct links) };
    heap_root_add(&root, sizeof root);
    build(1);
    uint32_t lost_count = 0;
    for (unsigned i = 0; i < COLLECTION_COUNT * test_length(); i++) {
        lost_count += live_bytes() < BYTES;
    }
    CHECK_EQUAL(lost_count, 0);
    CHECK(live_bytes() < 2 * (uint64_t)BYTES);
    root = NULL;
}

static void run_parallel(void)
{
    run_with((struct runtime_config){.procs = 2}, collect_often);
    run_with((struct runtime_config){.procs = 4}, collect_often);
}

TEST(markers_that_meet_in_the_same_spans_lose_nothing)
{
    each_way_of_marking(run_parallel);
}

static void begin_collection(void *arg)
{
    (void)arg;
    collector_begin();
}

// This coroutine neither allocates nor waits, so the other processor does all of the marking, and
// ends it. Were it not for that, this would go on until the runner's limit.
static void look_on(void *arg)
{
    (void)arg;
    heap_root_add(&root, sizeof root);
    build(2);
    heap_collect();
    const struct runtime_stats before = stats_now();
    for (int i = 0; i < 10; i++) {
        const uint64_t gc_count = stats_now().gc_count;
        proc_call_system(begin_collection, NULL);
        while (stats_now().gc_count == gc_count) {
            coroutine_yield();
        }
        CHECK(stats_now().heap_live_bytes >= NODE_COUNT * sizeof(struct links));
    }
    CHECK_EQUAL(stats_now().gc_count, before.gc_count + 10);
    CHECK_EQUAL(stats_now().gc_assist_ns_total, before.gc_assist_ns_total);
    CHECK(stats_now().gc_mark_ns_total > before.gc_mark_ns_total);
    root = NULL;
}

// A list, which one processor at a time can mark, with a leaf at each node; and beside it trees,
// which can be shared. So whoever helps runs out of work and is needed again, over and over.
struct shape {
    struct links *list;
    struct links *trees;
};
static struct shape *shape;
static const uint64_t SHAPE_MAP[] = {0x3};
static const struct heap_type SHAPE = {"shape", sizeof(struct shape), SHAPE_MAP};

enum { LIST_COUNT = 30000, TREE_COUNT = 20, TREE_DEPTH = 8, TREE_NODES = (1 << TREE_DEPTH) - 1 };

NOINLINE static struct links *make_tree(int depth)
{
    struct links *const node = heap_new(&LINKS);
    for (int i = 0; i < 2 && depth > 1; i++) {
        heap_store(&node->to[i], make_tree(depth - 1));
    }
    return node;
}

// The trees hang on the list's last nodes.
NOINLINE static void build_list_and_trees(void)
{
    heap_store(&shape, heap_new(&SHAPE));
    for (int i = 0; i < LIST_COUNT; i++) {
        struct links *const node = heap_new(&LINKS);
        heap_store(&node->to[0], shape->list);
        if (i < TREE_COUNT) {
            heap_store(&node->to[1], make_tree(TREE_DEPTH));
        } else if (i % 3 == 0) {
            heap_store(&node->to[1], heap_new(&LINKS));
        }
        heap_store(&shape->list, node);
    }
}

static uint64_t shape_bytes(void)
{
    return (LIST_COUNT + TREE_COUNT * TREE_NODES + (LIST_COUNT - TREE_COUNT) / 3) *
           sizeof(struct links);
}

static _Atomic(uint32_t) collecting_count;
static _Atomic(uint32_t) lost_total;
static struct channel *collected;

static void collect_and_check(void *arg)
{
    (void)arg;
    enum { COLLECTION_COUNT = 40 };
    for (unsigned i = 0; i < COLLECTION_COUNT * test_length(); i++) {
        atomic_fetch_add(&lost_total, live_bytes() < shape_bytes());
    }
    channel_send(collected, NULL);
}

// Allocates, and so assists and waits.
static void allocate_until_collected(void *arg)
{
    (void)arg;
    while (atomic_load(&collecting_count) > 0) {
        struct links *list = NULL;
        for (int i = 0; i < 1000; i++) {
            struct links *const node = heap_new(&LINKS);
            heap_store(&node->to[0], list);
            list = node;
        }
        coroutine_yield();
    }
    channel_send(collected, NULL);
}

// Wakes and is woken, so that idle processors have two reasons to get up.
static void pass_on(void *arg)
{
    struct channel *const channel = arg;
    int value;
    while (channel_receive(channel, &value) && value > 0) {
    }
    channel_send(collected, NULL);
}

// Each collection must end although those who wait for it sleep, whoever of them has the list. Were
// one to sleep through its work, this would go on until the runner's limit.
static void collect_beside_sleepers(void *arg)
{
    enum { COLLECTOR_COUNT = 2 };
    const bool busy = *(const bool *)arg;
    heap_root_add(&shape, sizeof shape);
    heap_root_add(&collected, sizeof collected);
    collected = channel_new(0, 0);
    build_list_and_trees();
    atomic_store(&lost_total, 0);
    atomic_store(&collecting_count, COLLECTOR_COUNT);
    for (int i = 0; i < COLLECTOR_COUNT; i++) {
        coroutine_spawn(collect_and_check, NULL);
    }
    struct channel *const channel = channel_new(sizeof(int), 0);
    if (busy) {
        coroutine_spawn(allocate_until_collected, NULL);
        coroutine_spawn(pass_on, channel);
    }
    for (int i = 0; i < COLLECTOR_COUNT; i++) {
        for (int value = 1; busy && value < 1000; value++) {
            channel_send(channel, &value);
        }
        channel_receive(collected, NULL);
        atomic_fetch_sub(&collecting_count, 1);
    }
    if (busy) {
        const int end = 0;
        channel_send(channel, &end);
        channel_receive(collected, NULL);
        channel_receive(collected, NULL);
    }
    CHECK_EQUAL(lost_total, 0);
    heap_store(&shape, NULL);
}

TEST(collections_end_although_who_waits_for_work_sleeps)
{
    for (unsigned procs = 2; procs <= 4; procs += 2) {
        for (int busy = 0; busy < 2; busy++) {
            bool is_busy = busy;
            const struct runtime_config config = {.procs = procs, .stack_bytes_min = 64 * KIB};
            CHECK_EQUAL(runtime_run(&config, collect_beside_sleepers, &is_busy), 0);
        }
    }
}

#ifdef __x86_64__ // elsewhere there is one processor
TEST(processors_without_a_coroutine_mark_beside_the_program)
{
    run_with((struct runtime_config){.procs = 2}, look_on);
}
#endif
