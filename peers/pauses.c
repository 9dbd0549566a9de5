// A live heap of 128 MiB that two processors change all the time, as peers/pauses.go does it: how
// long the world stops, how long one allocation can take, how much memory is held, and what becomes
// of it after a spike of 512 MiB.
//
// Prints a line an operation; less is better. A pause is one stop of the world, from when it was
// asked for. An allocation's time is what one allocation, its share of the linking and one reading
// of the clock took. What the machine took during the churn (`churn_stolen`, `churn_turns`), and
// what it does to a loop without allocations (`machine_...`), stand beside. Memory is resident
// memory above what the process had before, over the live bytes.
//
//   pauses.NAME [--smoke | --seconds N]    N of churn, 2 otherwise: a p99.9 needs 1,000 pauses
#define _GNU_SOURCE // CLOCK_MONOTONIC, usleep
#include "peers/peer_latency.h"

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
    LOOK_EVERY = 1024, // lists, for the resident memory
    SPIKE_LIST_COUNT = SPIKE_BYTES / (LIST_NODE_COUNT * NODE_BYTES),
    STEP_LIST_COUNT = 256, // 1 MiB: what the program goes on with after the spike, every 10 ms
    STEP_US = 10000,
};
static uint64_t churn_ns, return_ns_max;

struct node {
    struct node *next, *other;
    uint64_t rest[6];
};
_Static_assert(sizeof(struct node) == NODE_BYTES, "a node is 64 bytes");
PEER_TYPE(node, 2);

static struct peer_latency allocations[MUTATOR_COUNT];
static void **tables[MUTATOR_COUNT];
static struct peer_latency pauses;
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

static struct node *make_timed_list(struct peer_latency *latency)
{
    struct node *first = NULL;
    uint64_t before_ns = peer_now_ns();
    for (int i = 0; i < LIST_NODE_COUNT; i++) {
        struct node *const node = PEER_NEW(node);
        PEER_STORE(&node->next, first);
        PEER_STORE(&node->other, first);
        first = node;
        const uint64_t now_ns = peer_now_ns();
        peer_latency_add(latency, now_ns - before_ns);
        before_ns = now_ns;
    }
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
    uint64_t random = index + 1, stopped_ns = peer_pause_ns_total();
    const uint64_t end_ns = peer_now_ns() + churn_ns;
    for (unsigned round = 0; peer_now_ns() < end_ns; round++) {
        put(&tables[index][peer_random(&random) % SLOT_COUNT],
            make_timed_list(&allocations[index]));
        if (index > 0) {
            continue;
        }
        if (round % LOOK_EVERY == 0) {
            look_at_memory();
        }
        // Between two looks, some ten microseconds, there are hardly two stops.
        const uint64_t now_stopped_ns = peer_pause_ns_total();
        if (now_stopped_ns != stopped_ns) {
            peer_latency_add(&pauses, now_stopped_ns - stopped_ns);
            stopped_ns = now_stopped_ns;
        }
    }
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
    const struct peer_taken before = peer_taken();
    peer_together(churn, MUTATOR_COUNT);
    peer_latency_merge(&allocations[0], &allocations[1]);
    peer_latency_report_allocations("churn", &allocations[0]);
    peer_latency_report_pauses("churn", &pauses);
    PEER_REPORT_PHASES("churn");
    peer_report_taken("churn", before);
    peer_print("churn_resident", (double)(peak_rss_bytes - before_bytes) / LIVE_BYTES, "x");
    if (peak_mapped_bytes > 0) {
        peer_print("churn_mapped", (double)peak_mapped_bytes / LIVE_BYTES, "x");
    }
    peer_together(empty, MUTATOR_COUNT);
    PEER_COLLECT();
    report_spike();
    peer_report_machine(MUTATOR_COUNT, churn_ns);
}

int main(int argument_count, char **arguments)
{
    const uint64_t seconds = peer_seconds(argument_count, arguments);
    churn_ns = seconds ? seconds * 1000000000 : 300000000;
    return_ns_max = seconds ? 5000000000 : 50000000;
    peer_run(MUTATOR_COUNT, run);
    return 0;
}
