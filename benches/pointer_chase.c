// Follow a chain of nodes of one cache line each, once around: in the order in which they were
// made (pointer_walk) or in a shuffled one (pointer_chase). The nodes are made before anything is
// timed: the question is where they lie, not what making them costs.
#include "harness/workload.h"

#include <stdbool.h>

enum { NODE_BYTES = 64, CHAIN_BYTES_MAX = 4 << 20, NODE_COUNT_MAX = CHAIN_BYTES_MAX / NODE_BYTES };

struct node {
    struct node *next;
    uint64_t value;
    uint64_t rest[6];
};
_Static_assert(sizeof(struct node) == NODE_BYTES, "a node is a line");
OBJECT_TYPE(node, POINTER_AT(node, next));

// The same order in every placement: all but the first change places.
static NOINLINE void shuffle(struct node **nodes, uint64_t node_count)
{
    uint64_t random = node_count; // Knuth's MMIX generator; its high bits are good enough
    for (uint64_t i = node_count - 1; i > 1; i--) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const uint64_t other = 1 + (random >> 32) * i / ((uint64_t)1 << 32);
        struct node *const node = nodes[i];
        nodes[i] = nodes[other];
        nodes[other] = node;
    }
}

// Makes the nodes, links them into a ring and calls next() with the first.
static NOINLINE void with_ring(uint64_t ring_bytes, bool shuffled,
                               void (*next)(void *held, void *context), void *context)
{
    _Alignas(NODE_BYTES) SLOT_ARRAY(node, slots, NODE_COUNT_MAX);
    struct node *nodes[NODE_COUNT_MAX];
    const uint64_t node_count = ring_bytes / NODE_BYTES;
    if (node_count == 0 || node_count > NODE_COUNT_MAX) {
        __builtin_trap(); // no parameter of ours
    }
    for (uint64_t i = 0; i < node_count; i++) {
        nodes[i] = OBTAIN_AT(node, slots, i);
        nodes[i]->value = i;
        STORE(&nodes[i]->next, NULL);
    }
    if (shuffled) {
        shuffle(nodes, node_count);
    }
    for (uint64_t i = 0; i < node_count; i++) {
        STORE(&nodes[i]->next, nodes[(i + 1) % node_count]);
    }
    next(OPAQUE(nodes[0]), context);
    for (uint64_t i = 0; i < node_count; i++) {
        DROP(nodes[i]);
    }
}

static void prepare_in_order(uint64_t parameter, void (*next)(void *held, void *context),
                             void *context)
{
    with_ring(parameter, false, next, context);
}

static void prepare_shuffled(uint64_t parameter, void (*next)(void *held, void *context),
                             void *context)
{
    with_ring(parameter, true, next, context);
}

static NOINLINE uint64_t follow(const struct workload_run *run)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        const struct node *const first = run->held;
        const struct node *node = first;
        do {
            checksum = checksum * 3 + node->value;
            node = node->next;
        } while (node != first);
        checksum += run->seed;
    }
    return checksum;
}

#define CHAIN                                                                                      \
    .unit = "B", .parameters = {4 << 10, 32 << 10, 64 << 10, 256 << 10, 2 << 20, CHAIN_BYTES_MAX}, \
    .stack_bytes_min = 16 << 20, .count_op_count = 8

WORKLOAD(pointer_walk,
         .question = "Are heap nodes in the order of their making as near as an array?",
         .operation = "go once around a ring of 64-byte nodes, in the order of making",
         .prepare = prepare_in_order, CHAIN)
{
    return follow(run);
}

WORKLOAD(pointer_chase,
         .question = "What does the place of a node cost when the next one is anywhere?",
         .operation = "go once around a ring of 64-byte nodes, in a shuffled order",
         .prepare = prepare_shuffled, CHAIN)
{
    return follow(run);
}
