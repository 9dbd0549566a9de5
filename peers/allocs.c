// Allocation on one processor, as peers/allocs.go does it in Go: objects that die at once, binary
// trees, a full collection of a live heap.
//
// Prints a line an operation. Times are the least of several rounds within the process; each round
// of a collected heap is long enough to hold its share of collections. Allocators with free() give
// each object back at once, which is the best case for them. Every object's first word is written.
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ROUND_COUNT = 5,
    OP_COUNT_MAX = 1000000,
    ROUND_BYTES = 192 << 20, // of the larger objects, a round
    TREE_DEPTH = 16,         // 2^17 - 1 nodes
    TREE_COUNT = 10,         // a round
    LIVE_BYTES = 64 << 20,
    COLLECT_COUNT = 4,
};

// Where an object is reachable from while it is the latest: nowhere but this frame.
#define ALLOCATE(name, new)                                                                        \
    static void allocate_##name(uint64_t op_count)                                                 \
    {                                                                                              \
        for (uint64_t op = 0; op < op_count; op++) {                                               \
            uint64_t *const object = PEER_OPAQUE((uint64_t *)(new));                               \
            *object = 0;                                                                           \
            __asm__ volatile("" : : "r"(object) : "memory");                                       \
            PEER_DROP(object);                                                                     \
        }                                                                                          \
    }
#define BYTES(size_bytes) ALLOCATE(bytes_##size_bytes, PEER_NEW_BYTES(size_bytes))
BYTES(8)
BYTES(16)
BYTES(64)
BYTES(256)
BYTES(1024)

#define POINTERS(size_bytes, pointer_count)                                                        \
    struct pointers_##size_bytes {                                                                 \
        void *words[size_bytes / sizeof(void *)];                                                  \
    };                                                                                             \
    PEER_TYPE(pointers_##size_bytes, pointer_count);                                               \
    ALLOCATE(pointers_##size_bytes, PEER_NEW(pointers_##size_bytes))
POINTERS(8, 1)
POINTERS(64, 2)
POINTERS(128, 4)

static const struct row {
    const char *operation;
    void (*allocate)(uint64_t op_count);
    uint64_t size_bytes;
} rows[] = {
    {"alloc_8", allocate_bytes_8, 8},
    {"alloc_16", allocate_bytes_16, 16},
    {"alloc_64", allocate_bytes_64, 64},
    {"alloc_256", allocate_bytes_256, 256},
    {"alloc_1024", allocate_bytes_1024, 1024},
    {"alloc_pointers_8", allocate_pointers_8, 8},
    {"alloc_pointers_64", allocate_pointers_64, 64},
    {"alloc_pointers_128", allocate_pointers_128, 128},
};

static void run_row(const struct row *row)
{
    const uint64_t most = ROUND_BYTES / row->size_bytes;
    const uint64_t op_count = most < OP_COUNT_MAX ? most : OP_COUNT_MAX;
    double least_ns = 0;
    for (int i = 0; i < ROUND_COUNT; i++) {
        const uint64_t before_bytes = peer_allocated_bytes();
        const uint64_t start_ns = peer_now_ns();
        row->allocate(op_count);
        const double ns = (double)(peer_now_ns() - start_ns) / (double)op_count;
        const uint64_t allocated_bytes = peer_allocated_bytes() - before_bytes;
        if (peer_allocated_bytes() > 0 && allocated_bytes < op_count * row->size_bytes) {
            fprintf(stderr, "%s: the objects were not on the heap\n", row->operation);
            exit(1);
        }
        least_ns = i == 0 || ns < least_ns ? ns : least_ns;
    }
    peer_print(row->operation, least_ns, "ns");
}

// ---- trees --------------------------------------------------------------------------------------
// Each size of node has its own builder, as a program has.
#define TREE(name, size_bytes)                                                                     \
    struct name {                                                                                  \
        struct name *left, *right;                                                                 \
        uint64_t rest[size_bytes / sizeof(uint64_t) - 2];                                          \
    };                                                                                             \
    PEER_TYPE(name, 2);                                                                            \
    static __attribute__((noinline)) struct name *name##_build(int depth)                          \
    {                                                                                              \
        struct name *const node = PEER_NEW(name);                                                  \
        PEER_STORE(&node->left, depth > 0 ? name##_build(depth - 1) : NULL);                       \
        PEER_STORE(&node->right, depth > 0 ? name##_build(depth - 1) : NULL);                      \
        return node;                                                                               \
    }                                                                                              \
    static __attribute__((noinline)) uint64_t name##_count(const struct name *node)                \
    {                                                                                              \
        return node->left ? 1 + name##_count(node->left) + name##_count(node->right) : 1;          \
    }                                                                                              \
    static __attribute__((noinline)) void name##_drop(struct name *node)                           \
    {                                                                                              \
        if (node->left) {                                                                          \
            name##_drop(node->left);                                                               \
            name##_drop(node->right);                                                              \
        }                                                                                          \
        PEER_DROP(node);                                                                           \
    }                                                                                              \
    static void *name##_live;                                                                      \
    static void name##_collect(const char *operation)                                              \
    {                                                                                              \
        int depth = 0;                                                                             \
        while (((uint64_t)2 << (depth + 1)) * size_bytes <= LIVE_BYTES) {                          \
            depth++;                                                                               \
        }                                                                                          \
        PEER_ROOT(&name##_live, sizeof name##_live);                                               \
        PEER_STORE(&name##_live, name##_build(depth));                                             \
        report_collect(operation, (((uint64_t)2 << depth) - 1) * size_bytes);                      \
        check_count(name##_count(name##_live), depth);                                             \
        if (PEER_EXPLICIT_FREE) {                                                                  \
            name##_drop(name##_live);                                                              \
        }                                                                                          \
        PEER_STORE(&name##_live, NULL);                                                            \
    }

static void check_count(uint64_t node_count, int depth)
{
    if (node_count != ((uint64_t)2 << depth) - 1) {
        fprintf(stderr, "a tree of depth %d has %lu nodes\n", depth, (unsigned long)node_count);
        exit(1);
    }
}

// CPU time of the whole process, so that helping threads count: marking, sweeping, all of it.
static void report_collect(const char *operation, uint64_t live_bytes)
{
    PEER_COLLECT();
    double least_us = 0;
    for (int i = 0; i < COLLECT_COUNT; i++) {
        const uint64_t start_ns = peer_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
        PEER_COLLECT();
        const double us = (double)(peer_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_ns) * 1e-3;
        least_us = i == 0 || us < least_us ? us : least_us;
    }
    peer_print(operation, least_us / ((double)live_bytes / (1 << 20)), "us/MiB");
}

TREE(node_16, 16)
TREE(node_64, 64)

static void one_tree(bool collect)
{
    struct node_16 *const root = node_16_build(TREE_DEPTH);
    check_count(node_16_count(root), TREE_DEPTH);
    if (PEER_EXPLICIT_FREE) {
        node_16_drop(root);
    } else if (collect) {
        PEER_COLLECT();
    }
}

static void report_trees(const char *operation, bool collect)
{
    double least_ms = 0;
    for (int i = 0; i < ROUND_COUNT; i++) {
        const uint64_t start_ns = peer_now_ns();
        for (int t = 0; t < TREE_COUNT; t++) {
            one_tree(collect);
        }
        const double ms = (double)(peer_now_ns() - start_ns) * 1e-6 / TREE_COUNT;
        least_ms = i == 0 || ms < least_ms ? ms : least_ms;
    }
    peer_print(operation, least_ms, "ms");
}

static void run(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_row(&rows[i]);
    }
    report_trees("trees_16", false);
    report_trees("trees_16_collect", true);
    if (!PEER_EXPLICIT_FREE) {
        node_16_collect("collect_nodes_16");
        node_64_collect("collect_nodes_64");
    }
}

int main(void)
{
    peer_run(1, run);
    return 0;
}
