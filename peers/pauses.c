// A live heap of 128 MiB that two processors change all the time, as peers/pauses.go does it: how
// long the world stops, how long one allocation can take, how much memory is held, and what becomes
// of it after a spike of 512 MiB.
//
// Prints a line an operation; less is better. A pause is the sum of one collection's stops, so the
// longest single stop is at most that. An allocation's time is what one allocation, its share of
// the linking and one reading of the clock took; the longest ones may be the kernel's doing, alike
// for every peer. Memory is resident memory above what the process had before, over the live bytes.
#define _GNU_SOURCE // CLOCK_MONOTONIC, usleep
#include "peers/peer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MUTATOR_COUNT = 2,
    LIST_NODE_COUNT = 64, // 4 KiB a list
    LIVE_BYTES = 128 << 20,
    SPIKE_BYTES = 512 << 20,
    NODE_BYTES = 64,
    SLOT_COUNT = LIVE_BYTES / MUTATOR_COUNT / (LIST_NODE_COUNT * NODE_BYTES),
    CYCLE_COUNT_MAX = 4096,
    LOOK_EVERY = 1024, // lists, for the resident memory
    SPIKE_LIST_COUNT = SPIKE_BYTES / (LIST_NODE_COUNT * NODE_BYTES),
    STEP_LIST_COUNT = 256, // 1 MiB: what the program goes on with after the spike, every 10 ms
    STEP_US = 10000,
};
static uint64_t churn_ns = 2000000000, return_ns_max = 5000000000; // --smoke makes them short

struct node {
    struct node *next, *other;
    uint64_t rest[6];
};
_Static_assert(sizeof(struct node) == NODE_BYTES, "a node is 64 bytes");
PEER_TYPE(node, 2);

// Allocation times: 16 buckets a doubling.
enum { BUCKET_COUNT = 64 * 16 };
static unsigned bucket_of(uint64_t ns)
{
    if (ns < 16) {
        return (unsigned)ns;
    }
    const unsigned shift = 59 - (unsigned)__builtin_clzll(ns);
    return (shift + 1) * 16 + (unsigned)((ns >> shift) & 15);
}

static double bucket_ns(unsigned bucket)
{
    return bucket < 16 ? bucket : (double)(16 + bucket % 16) * (double)(1ull << (bucket / 16 - 1));
}

struct mutator {
    uint64_t buckets[BUCKET_COUNT];
    uint64_t node_count;
    uint64_t timed_ns;
    uint64_t longest_ns;
};
static struct mutator mutators[MUTATOR_COUNT];
static void **tables[MUTATOR_COUNT];
static uint64_t pauses_ns[CYCLE_COUNT_MAX];
static unsigned pause_count;
static uint64_t peak_rss_bytes, peak_mapped_bytes;

static void drop_list(struct node *node)
{
    while (node) {
        struct node *const next = node->next;
        PEER_DROP(node);
        node = next;
    }
}

static struct node *make_list(unsigned node_count)
{
    struct node *first = NULL;
    for (unsigned i = 0; i < node_count; i++) {
        struct node *const node = PEER_NEW(node);
        PEER_STORE(&node->next, first);
        PEER_STORE(&node->other, first);
        first = node;
    }
    return first;
}

static struct node *make_timed_list(struct mutator *mutator)
{
    struct node *first = NULL;
    const uint64_t start_ns = peer_now_ns();
    uint64_t before_ns = start_ns;
    for (int i = 0; i < LIST_NODE_COUNT; i++) {
        struct node *const node = PEER_NEW(node);
        PEER_STORE(&node->next, first);
        PEER_STORE(&node->other, first);
        first = node;
        const uint64_t now_ns = peer_now_ns();
        mutator->buckets[bucket_of(now_ns - before_ns)]++;
        if (now_ns - before_ns > mutator->longest_ns) {
            mutator->longest_ns = now_ns - before_ns;
        }
        before_ns = now_ns;
    }
    mutator->node_count += LIST_NODE_COUNT;
    mutator->timed_ns += before_ns - start_ns;
    return first;
}

static void put(void **slot, struct node *list)
{
    if (PEER_EXPLICIT_FREE) {
        drop_list(*slot);
    }
    PEER_STORE(slot, (void *)list);
}

static void fill(unsigned index)
{
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        put(&tables[index][i], make_list(LIST_NODE_COUNT));
    }
}

static void look_at_memory(void)
{
    const uint64_t rss_bytes = peer_rss_bytes(), mapped_bytes = peer_mapped_bytes();
    peak_rss_bytes = rss_bytes > peak_rss_bytes ? rss_bytes : peak_rss_bytes;
    peak_mapped_bytes = mapped_bytes > peak_mapped_bytes ? mapped_bytes : peak_mapped_bytes;
}

static void churn(unsigned index)
{
    struct mutator *const mutator = &mutators[index];
    uint64_t random = index + 1, cycle_count = peer_cycle_count();
    uint64_t stopped_ns = peer_pause_ns_total();
    const uint64_t end_ns = peer_now_ns() + churn_ns;
    for (unsigned round = 0; peer_now_ns() < end_ns; round++) {
        put(&tables[index][peer_random(&random) % SLOT_COUNT], make_timed_list(mutator));
        if (index > 0) {
            continue;
        }
        if (round % LOOK_EVERY == 0) {
            look_at_memory();
        }
        // Collections that ended between two looks share what they stopped; seldom more than one.
        if (peer_cycle_count() != cycle_count && pause_count < CYCLE_COUNT_MAX) {
            const uint64_t now_stopped_ns = peer_pause_ns_total();
            pauses_ns[pause_count++] = now_stopped_ns - stopped_ns;
            stopped_ns = now_stopped_ns;
            cycle_count = peer_cycle_count();
        }
    }
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_pauses(void *arg)
{
    (void)arg;
    qsort(pauses_ns, pause_count, sizeof *pauses_ns, compare);
}

static void report_allocations(void)
{
    uint64_t longest_ns = 0, node_count = 0, timed_ns = 0, seen = 0;
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        node_count += mutators[i].node_count;
        timed_ns += mutators[i].timed_ns;
        longest_ns = mutators[i].longest_ns > longest_ns ? mutators[i].longest_ns : longest_ns;
    }
    unsigned bucket = 0;
    for (; bucket < BUCKET_COUNT - 1; bucket++) {
        seen += mutators[0].buckets[bucket] + mutators[1].buckets[bucket];
        if (seen * 10000 >= node_count * 9999) {
            break;
        }
    }
    peer_print("churn_alloc_mean", (double)timed_ns / (double)node_count, "ns");
    peer_print("churn_alloc_p9999", bucket_ns(bucket) * 1e-3, "us");
    peer_print("churn_alloc_max", (double)longest_ns * 1e-3, "us");
}

static void report_pauses(void)
{
    if (pause_count == 0) {
        return;
    }
    PEER_SYSTEM(sort_pauses, NULL);
    peer_print("churn_pause_p50", (double)pauses_ns[pause_count / 2] * 1e-3, "us");
    peer_print("churn_pause_p999", (double)pauses_ns[(pause_count * 999 - 1) / 1000] * 1e-3, "us");
    peer_print("churn_pause_max", (double)pauses_ns[pause_count - 1] * 1e-3, "us");
}

static void *spike;

static void nap(void *arg)
{
    usleep(*(const useconds_t *)arg);
}

// A function of its own: the frame that goes on must not hold the list by a stale word, where
// frames are read conservatively.
static __attribute__((noinline)) void make_spike(void)
{
    PEER_STORE(&spike, (void *)make_list(SPIKE_LIST_COUNT * LIST_NODE_COUNT));
}

// The program drops everything and goes on with a little work: how long until three quarters of
// what the spike added are no longer resident.
static void report_spike(void)
{
    const uint64_t before_bytes = peer_rss_bytes();
    make_spike();
    const uint64_t added_bytes = peer_rss_bytes() - before_bytes;
    put(&spike, NULL);
    PEER_COLLECT();
    const uint64_t start_ns = peer_now_ns();
    uint64_t rss_bytes, waited_ns;
    do {
        for (int i = 0; i < STEP_LIST_COUNT; i++) {
            drop_list(PEER_OPAQUE(make_list(LIST_NODE_COUNT)));
        }
        useconds_t step_us = STEP_US;
        PEER_SYSTEM(nap, &step_us);
        rss_bytes = peer_rss_bytes();
        waited_ns = peer_now_ns() - start_ns;
    } while (rss_bytes > before_bytes + added_bytes / 4 && waited_ns < return_ns_max);
    peer_print("spike_return", (double)waited_ns * 1e-9, "s");
}

static void empty(unsigned index)
{
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        put(&tables[index][i], NULL);
    }
}

static void run(void)
{
    PEER_ROOT(tables, sizeof tables);
    PEER_ROOT(&spike, sizeof spike);
    const uint64_t before_bytes = peer_rss_bytes();
    for (int i = 0; i < MUTATOR_COUNT; i++) {
        PEER_STORE(&tables[i], PEER_NEW_TABLE(SLOT_COUNT));
    }
    peer_together(fill, MUTATOR_COUNT);
    PEER_COLLECT();
    peer_together(churn, MUTATOR_COUNT);
    report_allocations();
    report_pauses();
    peer_print("churn_resident", (double)(peak_rss_bytes - before_bytes) / LIVE_BYTES, "x");
    if (peak_mapped_bytes > 0) {
        peer_print("churn_mapped", (double)peak_mapped_bytes / LIVE_BYTES, "x");
    }
    peer_together(empty, MUTATOR_COUNT);
    PEER_COLLECT();
    report_spike();
}

int main(int argument_count, char **arguments)
{
    if (argument_count > 1 && strcmp(arguments[1], "--smoke") == 0) {
        churn_ns = 300000000;
        return_ns_max = 50000000;
    }
    peer_run(MUTATOR_COUNT, run);
    return 0;
}
