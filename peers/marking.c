// Full collections of live heaps of different shapes, as peers/marking.go does it: how many bytes
// of live objects that hold pointers are got through in a second of processor time.
//
// Prints a line a shape, GB/s; more is better. Processor time is the whole process's, the least of
// several collections: whoever marks counts, and sweeping does too. The heaps are larger than a
// last-level cache. Each shape is linked from a table of its nodes, which is emptied then: in the
// order in which they were allocated, and, _shuffled, in a random one.
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECT_COUNT = 3, PROC_COUNT = 2, GRAPH_LINKS = 4, WIDE_LINKS = 32 };
static uint64_t live_bytes = 64 << 20; // --smoke makes it small, --mib=N another size

struct node {
    struct node *links[GRAPH_LINKS];
    uint64_t rest[8 - GRAPH_LINKS];
};
_Static_assert(sizeof(struct node) == 64, "a node is a line");
PEER_TYPE(node, GRAPH_LINKS);

struct small {
    struct small *links[2];
};
PEER_TYPE(small, 2);

struct wide {
    void *links[WIDE_LINKS];
};
PEER_TYPE(wide, WIDE_LINKS);

static void *root;
static void **nodes; // of a shape that is being linked
static uint64_t node_count;

static void shuffle(void)
{
    uint64_t random = 1;
    for (uint64_t i = node_count - 1; i > 0; i--) {
        const uint64_t other = peer_random(&random) % (i + 1);
        void *const node = nodes[i];
        PEER_STORE(&nodes[i], nodes[other]);
        PEER_STORE(&nodes[other], node);
    }
}

// Node `first` and the `count` - 1 after it become a tree, in the order of a walk that comes to a
// node before its children.
#define LINK_TREE(tag)                                                                             \
    static void *link_tree_##tag(uint64_t first, uint64_t count)                                   \
    {                                                                                              \
        struct tag *const node = nodes[first];                                                     \
        const uint64_t left_count = count / 2;                                                     \
        if (left_count > 0) {                                                                      \
            PEER_STORE(&node->links[0], link_tree_##tag(first + 1, left_count));                   \
        }                                                                                          \
        if (count - 1 > left_count) {                                                              \
            PEER_STORE(&node->links[1],                                                            \
                       link_tree_##tag(first + 1 + left_count, count - 1 - left_count));           \
        }                                                                                          \
        return node;                                                                               \
    }
LINK_TREE(node)
LINK_TREE(small)

static void *link_tree(void)
{
    return link_tree_node(0, node_count);
}

static void *link_tree_16(void)
{
    return link_tree_small(0, node_count);
}

static void *link_list(void)
{
    for (uint64_t i = 0; i + 1 < node_count; i++) {
        PEER_STORE(&((struct node *)nodes[i])->links[0], nodes[i + 1]);
    }
    return nodes[0];
}

// A list with three more links a node, to any nodes.
static void *link_graph(void)
{
    uint64_t random = 1;
    for (uint64_t i = 0; i < node_count; i++) {
        struct node *const node = nodes[i];
        PEER_STORE(&node->links[0], nodes[(i + 1) % node_count]);
        for (int link = 1; link < GRAPH_LINKS; link++) {
            PEER_STORE(&node->links[link], nodes[peer_random(&random) % node_count]);
        }
    }
    return nodes[0];
}

// A tree of objects with 32 links.
static void *link_wide(void)
{
    for (uint64_t i = 1; i < node_count; i++) {
        struct wide *const parent = nodes[(i - 1) / WIDE_LINKS];
        PEER_STORE(&parent->links[(i - 1) % WIDE_LINKS], nodes[i]);
    }
    return nodes[0];
}

#define ALLOCATE(tag)                                                                              \
    static void *new_##tag(void)                                                                   \
    {                                                                                              \
        struct tag *const object = PEER_NEW(tag);                                                  \
        memset(object, 0, sizeof *object);                                                         \
        return object;                                                                             \
    }
ALLOCATE(node)
ALLOCATE(small)
ALLOCATE(wide)

static const struct shape {
    const char *operation;
    void *(*allocate)(void);
    void *(*link)(void);
    uint64_t node_bytes;
    bool shuffled;
} shapes[] = {
    {"tree", new_node, link_tree, sizeof(struct node), false},
    {"tree_shuffled", new_node, link_tree, sizeof(struct node), true},
    {"tree_16", new_small, link_tree_16, sizeof(struct small), false},
    {"tree_16_shuffled", new_small, link_tree_16, sizeof(struct small), true},
    {"list", new_node, link_list, sizeof(struct node), false},
    {"list_shuffled", new_node, link_list, sizeof(struct node), true},
    {"graph", new_node, link_graph, sizeof(struct node), false},
    {"wide", new_wide, link_wide, sizeof(struct wide), false},
    {"wide_shuffled", new_wide, link_wide, sizeof(struct wide), true},
};

// A function of its own: the frame that goes on must not hold the table.
static __attribute__((noinline)) void build(const struct shape *shape)
{
    node_count = live_bytes / shape->node_bytes;
    PEER_STORE(&nodes, (void *)PEER_NEW_TABLE(node_count));
    for (uint64_t i = 0; i < node_count; i++) {
        PEER_STORE(&nodes[i], shape->allocate());
    }
    if (shape->shuffled) {
        shuffle();
    }
    PEER_STORE(&root, shape->link());
    // A stale word may hold the table, but nothing by it.
    for (uint64_t i = 0; i < node_count; i++) {
        PEER_STORE(&nodes[i], NULL);
    }
    PEER_STORE(&nodes, NULL);
}

static void run_shape(const struct shape *shape)
{
    build(shape);
    PEER_COLLECT();
    PEER_COLLECT();
    double least_ns = 0;
    for (int i = 0; i < COLLECT_COUNT; i++) {
        const uint64_t start_ns = peer_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
        PEER_COLLECT();
        const double ns = (double)(peer_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_ns);
        least_ns = i == 0 || ns < least_ns ? ns : least_ns;
    }
    peer_print(shape->operation, (double)(node_count * shape->node_bytes) / least_ns, "GB/s");
    PEER_STORE(&root, NULL);
    PEER_COLLECT();
}

static void run(void)
{
    // Nobody reads it: the compiler would drop the stores where roots are not registered.
    PEER_ROOT(PEER_OPAQUE(&root), sizeof root);
    PEER_ROOT(&nodes, sizeof nodes);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        run_shape(&shapes[i]);
    }
}

int main(int argument_count, char **arguments)
{
    unsigned proc_count = PROC_COUNT;
    for (int i = 1; i < argument_count; i++) {
        if (strcmp(arguments[i], "--smoke") == 0) {
            live_bytes = 1 << 20;
        } else if (strcmp(arguments[i], "--one") == 0) {
            proc_count = 1;
        } else if (strncmp(arguments[i], "--mib=", 6) == 0) {
            live_bytes = strtoull(arguments[i] + 6, NULL, 10) << 20;
        }
    }
#ifdef PEER_MARK
    setenv("ESCAPEMENT_MARK", PEER_MARK, 1);
#endif
    peer_run(proc_count, run);
    return 0;
}
