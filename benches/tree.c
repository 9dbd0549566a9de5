// Build a binary tree and walk it: nodes in an arena that the caller's frame holds, against heap
// nodes.
#include "harness/workload.h"

enum { DEPTH_MAX = 11, NODE_COUNT_MAX = (1 << DEPTH_MAX) - 1 };

struct node {
    struct node *left;
    struct node *right;
    uint64_t value;
};
OBJECT_TYPE(node, POINTER_AT(node, left) | POINTER_AT(node, right));

// Only placement `stack` has nodes here; the others leave it alone.
struct arena {
    struct node *nodes;
    uint64_t count;
};

static NOINLINE struct node *tree_build(struct arena *arena, uint64_t depth, uint64_t value)
{
    struct node *node = OBTAIN_AT(node, arena->nodes, arena->count++);
    node->value = value;
    STORE(&node->left, depth > 1 ? tree_build(arena, depth - 1, value * 2) : NULL);
    STORE(&node->right, depth > 1 ? tree_build(arena, depth - 1, value * 2 + 1) : NULL);
    return node;
}

static NOINLINE uint64_t tree_sum(const struct node *node)
{
    return node ? node->value + tree_sum(node->left) + tree_sum(node->right) : 0;
}

static NOINLINE void tree_drop(struct node *node)
{
    if (node) {
        tree_drop(node->left);
        tree_drop(node->right);
        DROP(node);
    }
}

WORKLOAD(tree, .question = "What do heap nodes cost against nodes in an arena that a frame holds?",
         .operation = "build a binary tree, walk it, drop it", .unit = "depth",
         .parameters = {4, 8, 11}, .control_parameter = 8)
{
    SLOT_ARRAY(node, nodes, NODE_COUNT_MAX);
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        struct arena arena = {.nodes = nodes};
        struct node *root = tree_build(&arena, run->parameter, run->seed + op);
        checksum += tree_sum(root);
        if (EXPLICIT_FREE) {
            tree_drop(root);
        }
    }
    return checksum;
}
