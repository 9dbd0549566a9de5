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

TEST(markers_that_meet_in_the_same_spans_lose_nothing)
{
    run_with((struct runtime_config){.procs = 2}, collect_often);
    run_with((struct runtime_config){.procs = 4}, collect_often);
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

#ifdef __x86_64__ // elsewhere there is one processor
TEST(processors_without_a_coroutine_mark_beside_the_program)
{
    run_with((struct runtime_config){.procs = 2}, look_on);
}
#endif
