// What the collector's parts cost a program, for docs/runtime.md: a store with its barrier off and
// on, finding the pointers of an object by its type's map, what allocations are charged for the
// marking. Ours only, on one processor but for the last.
//
// Prints a line an operation; less is better: the least of several rounds, which for a store during
// a marking contains its share of the marking from the log.
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer.h"

#include "runtime/barrier.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUND_COUNT = 40,
    SLOT_COUNT = 8192,
    NODE_COUNT = 1 << 18, // 16 MiB: a marking takes long enough for the stores
    COLLECT_COUNT = 10,
    PROC_COUNT = 2,
    LIVE_NODE_COUNT = 1 << 20, // a processor's half of 128 MiB
};
static unsigned round_count = ROUND_COUNT, node_count = NODE_COUNT,
                live_node_count = LIVE_NODE_COUNT;
static uint64_t churn_ns = 2000000000;

struct node {
    void *words[8];
};
PEER_TYPE(node, 2);
static const uint64_t all_words[] = {0xff};
static const struct heap_type wide_type = {"wide", sizeof(struct node), all_words};

static void *list;
static void **slots;

static double ns_each(uint64_t start_ns)
{
    return (double)(peer_now_ns() - start_ns) / SLOT_COUNT;
}

static double time_plain(const void *value)
{
    const uint64_t start_ns = peer_now_ns();
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        slots[i] = (void *)value;
        __asm__ volatile("" : : : "memory");
    }
    return ns_each(start_ns);
}

static double time_store(const void *value)
{
    const uint64_t start_ns = peer_now_ns();
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        heap_store(&slots[i], value);
        __asm__ volatile("" : : : "memory");
    }
    return ns_each(start_ns);
}

static void build(const struct heap_type *type, unsigned count)
{
    list = NULL;
    for (unsigned i = 0; i < count; i++) {
        void **const node = type ? heap_new(type) : heap_new_conservative(sizeof(struct node));
        heap_store(&node[0], list);
        list = node;
    }
}

static void least(double *kept, double value)
{
    *kept = *kept == 0 || value < *kept ? value : *kept;
}

// Garbage until a marking is under way: one processor, so it is as good as untouched then.
static void begin_marking(void)
{
    while (!barrier_is_on) {
        heap_new_bytes(4096);
    }
}

static void time_stores(void)
{
    PEER_ROOT(&list, sizeof list);
    PEER_ROOT(&slots, sizeof slots);
    build(&node_type, node_count);
    slots = PEER_NEW_TABLE(SLOT_COUNT);
    double plain = 0, off = 0, null = 0, object = 0;
    for (unsigned i = 0; i < round_count; i++) {
        heap_collect();
        least(&plain, time_plain(list));
        least(&off, time_store(list));
        time_store(NULL);
        begin_marking();
        least(&null, time_store(list));
        heap_collect();
        begin_marking();
        least(&object, time_store(list));
    }
    peer_print("store_plain", plain, "ns");
    peer_print("store_unmarked", off, "ns");
    peer_print("store_marking_null", null, "ns");
    peer_print("store_marking_object", object, "ns");
    slots = NULL;
}

static void time_map(const char *operation, const struct heap_type *type)
{
    build(type, node_count);
    heap_collect();
    double least_ns = 0;
    for (int i = 0; i < COLLECT_COUNT; i++) {
        const uint64_t start_ns = peer_now_ns();
        heap_collect();
        least(&least_ns, (double)(peer_now_ns() - start_ns) / node_count);
    }
    list = NULL;
    peer_print(operation, least_ns, "ns");
}

static void run_alone(void)
{
    time_stores();
    time_map("collect_map_2", &node_type);
    time_map("collect_map_8", &wide_type);
    time_map("collect_unmapped", NULL);
}

static void *lists[PROC_COUNT];

static void fill(unsigned index)
{
    void *first = NULL;
    for (unsigned i = 0; i < live_node_count; i++) {
        struct node *const node = PEER_NEW(node);
        heap_store(&node->words[0], first);
        first = node;
        heap_store(&lists[index], first);
    }
}

static void churn(unsigned index)
{
    (void)index;
    const uint64_t end_ns = peer_now_ns() + churn_ns;
    while (peer_now_ns() < end_ns) {
        for (int i = 0; i < 1000; i++) {
            heap_store(&(PEER_OPAQUE(PEER_NEW(node)))->words[0], NULL);
        }
    }
}

static void run_together(void)
{
    PEER_ROOT(lists, sizeof lists);
    peer_together(fill, PROC_COUNT);
    PEER_COLLECT();
    const struct runtime_stats before = peer_stats();
    peer_together(churn, PROC_COUNT);
    const struct runtime_stats after = peer_stats();
    const double allocated_bytes = (double)(after.heap_alloc_bytes - before.heap_alloc_bytes);
    const double marked_ns = (double)(after.gc_mark_ns_total - before.gc_mark_ns_total);
    peer_print("mark_byte", marked_ns / allocated_bytes, "ns");
    peer_print("assist_byte",
               (double)(after.gc_assist_ns_total - before.gc_assist_ns_total) / allocated_bytes,
               "ns");
}

int main(int argument_count, char **arguments)
{
    if (argument_count > 1 && strcmp(arguments[1], "--smoke") == 0) {
        round_count = 2;
        node_count = 1 << 14;
        live_node_count = 1 << 14;
        churn_ns = 100000000;
    }
    peer_run(1, run_alone);
    peer_run(PROC_COUNT, run_together);
    return 0;
}
