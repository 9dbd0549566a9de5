// GCBench: short-lived binary trees of many sizes beside a tree and an array that live, built from
// the root down and from the leaves up. As peers/gcbench.go does it.
//
// Prints a line an operation; less is better: the least time of the benchmark as a whole, then, of
// further repetitions in which the clock is read at each allocation, how long one can take, and of
// all of them how long the world stops (peer_latency.h has the rest). The program is one coroutine
// or thread; two processors are there, and a collector may use the other one.
//
// Source: John Ellis and Pete Kovac's GCBench (1996), in the form that Hans Boehm gave it: depths,
// counts and the order of work are theirs. Nodes are as theirs: two pointers and two integers.
//
//   gcbench.NAME [--smoke | --seconds N]    N in each of the two parts, 2 otherwise
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer_latency.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PROC_COUNT = 2,
    STRETCH_DEPTH = 18,
    LIVE_DEPTH = 16,
    DEPTH_MIN = 4,
    DEPTH_MAX = 16,
    ARRAY_COUNT = 500000,
};

struct node {
    struct node *left, *right;
    int32_t i, j;
};
PEER_TYPE(node, 2);

static uint64_t part_ns;
static int stretch_depth, live_depth, depth_max;
static struct node *live_tree;
static double *live_array;
static struct peer_latency pauses, allocations;
static uint64_t stopped_ns, before_ns;
static bool timed;

// Between two looks there are hardly two stops.
static void look_at_pauses(void)
{
    const uint64_t now_stopped_ns = peer_pause_ns_total();
    if (now_stopped_ns != stopped_ns) {
        peer_latency_add(&pauses, now_stopped_ns - stopped_ns);
        stopped_ns = now_stopped_ns;
    }
}

static struct node *make_node(struct node *left, struct node *right)
{
    if (__builtin_expect(timed, 0)) {
        before_ns = peer_now_ns();
    }
    struct node *const node = PEER_NEW(node);
    if (__builtin_expect(timed, 0)) {
        peer_latency_add(&allocations, peer_now_ns() - before_ns);
    }
    PEER_STORE(&node->left, left);
    PEER_STORE(&node->right, right);
    node->i = 0;
    node->j = 0;
    return node;
}

static uint64_t node_count(int depth)
{
    return ((uint64_t)1 << (depth + 1)) - 1;
}

static void populate(int depth, struct node *node)
{
    if (depth > 0) {
        PEER_STORE(&node->left, make_node(NULL, NULL));
        PEER_STORE(&node->right, make_node(NULL, NULL));
        populate(depth - 1, node->left);
        populate(depth - 1, node->right);
    }
}

static struct node *make_tree(int depth)
{
    if (depth == 0) {
        return make_node(NULL, NULL);
    }
    struct node *const left = make_tree(depth - 1);
    return make_node(left, make_tree(depth - 1));
}

static void drop_tree(struct node *node)
{
    if (PEER_EXPLICIT_FREE && node) {
        drop_tree(node->left);
        drop_tree(node->right);
        PEER_DROP(node);
    }
}

static void construct(int depth)
{
    const uint64_t tree_count = 2 * node_count(stretch_depth) / node_count(depth);
    for (uint64_t i = 0; i < tree_count; i++) {
        struct node *const tree = make_node(NULL, NULL);
        populate(depth, tree);
        drop_tree(PEER_OPAQUE(tree));
        look_at_pauses();
    }
    for (uint64_t i = 0; i < tree_count; i++) {
        drop_tree(PEER_OPAQUE(make_tree(depth)));
        look_at_pauses();
    }
}

static uint64_t count_nodes(const struct node *node)
{
    return node ? 1 + count_nodes(node->left) + count_nodes(node->right) : 0;
}

static void fail(void *what)
{
    fprintf(stderr, "gcbench: %s\n", (const char *)what);
    exit(1);
}

static void run_once(void)
{
    drop_tree(PEER_OPAQUE(make_tree(stretch_depth)));
    PEER_STORE(&live_tree, make_node(NULL, NULL));
    populate(live_depth, live_tree);
    PEER_STORE(&live_array, (double *)PEER_NEW_BYTES(ARRAY_COUNT * sizeof(double)));
    for (int i = 0; i < ARRAY_COUNT / 2; i++) {
        live_array[i] = 1.0 / i;
    }
    for (int depth = DEPTH_MIN; depth <= depth_max; depth += 2) {
        construct(depth);
    }
    if (count_nodes(live_tree) != node_count(live_depth) || live_array[1000] != 1.0 / 1000) {
        PEER_SYSTEM(fail, "what lives has changed");
    }
    drop_tree(live_tree);
    PEER_DROP(live_array);
    PEER_STORE(&live_tree, (struct node *)NULL);
    PEER_STORE(&live_array, (double *)NULL);
}

// Repeats it for part_ns; returns the least time.
static uint64_t run_part(void)
{
    const uint64_t end_ns = peer_now_ns() + part_ns;
    uint64_t least_ns = UINT64_MAX;
    do {
        const uint64_t start_ns = peer_now_ns();
        run_once();
        const uint64_t ns = peer_now_ns() - start_ns;
        least_ns = ns < least_ns ? ns : least_ns;
    } while (peer_now_ns() < end_ns);
    return least_ns;
}

static void run(void)
{
    PEER_ROOT(&live_tree, sizeof live_tree);
    PEER_ROOT(&live_array, sizeof live_array);
    stopped_ns = peer_pause_ns_total();
    peer_print("gcbench", (double)run_part() * 1e-6, "ms");
    const struct peer_taken before = peer_taken();
    timed = true;
    run_part();
    peer_latency_report_allocations("gcbench", &allocations);
    peer_latency_report_pauses("gcbench", &pauses);
    PEER_REPORT_PHASES("gcbench");
    peer_report_taken("gcbench", before);
    peer_report_machine(PROC_COUNT, part_ns);
}

int main(int argument_count, char **arguments)
{
    const uint64_t seconds = peer_seconds(argument_count, arguments);
    part_ns = seconds ? seconds * 1000000000 : 1000000;
    stretch_depth = seconds ? STRETCH_DEPTH : STRETCH_DEPTH - 5;
    live_depth = seconds ? LIVE_DEPTH : LIVE_DEPTH - 5;
    depth_max = seconds ? DEPTH_MAX : DEPTH_MAX - 5;
    peer_run(PROC_COUNT, run);
    return 0;
}
