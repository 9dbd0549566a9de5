// Trees that are built, walked and dropped beside one that lives all the time: the classic test of
// collectors, with nodes in arenas that frames hold on the other side.
#include "harness/workload.h"

enum { DEPTH_MAX = 12, NODE_COUNT_MAX = (1 << DEPTH_MAX) - 1 };

struct node {
    struct node *left;
    struct node *right;
};
OBJECT_TYPE(node, POINTER_AT(node, left) | POINTER_AT(node, right));

// Only placement `stack` has nodes here; the others leave it alone.
struct arena {
    struct node *nodes;
    uint64_t count;
};

static NOINLINE struct node *plant(struct arena *arena, uint64_t depth)
{
    struct node *node = OBTAIN_AT(node, arena->nodes, arena->count++);
    STORE(&node->left, depth > 1 ? plant(arena, depth - 1) : NULL);
    STORE(&node->right, depth > 1 ? plant(arena, depth - 1) : NULL);
    return node;
}

static NOINLINE uint64_t count(const struct node *node)
{
    return node->left ? 1 + count(node->left) + count(node->right) : 1;
}

static NOINLINE void fell(struct node *node)
{
    if (node->left) {
        fell(node->left);
        fell(node->right);
    }
    DROP(node);
}

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    (void)parameter;
    SLOT_ARRAY(node, nodes, NODE_COUNT_MAX);
    struct arena arena = {.nodes = nodes};
    struct node *const root = plant(&arena, DEPTH_MAX);
    next(OPAQUE(root), context);
    if (EXPLICIT_FREE) {
        fell(root);
    }
}

WORKLOAD(binary_trees, .question = "What do trees on the heap cost beside one that stays?",
         .operation = "build a tree of 16-byte nodes, count them, drop it", .unit = "depth",
         .parameters = {4, 8, 12}, .default_parameter = 8, .prepare = prepare,
         .stack_bytes_min = 1 << 20)
{
    SLOT_ARRAY(node, nodes, NODE_COUNT_MAX);
    uint64_t checksum = run->seed + count(run->held);
    for (uint64_t op = 0; op < run->op_count; op++) {
        struct arena arena = {.nodes = nodes};
        struct node *const root = OPAQUE(plant(&arena, run->parameter));
        checksum += count(root) + op;
        if (EXPLICIT_FREE) {
            fell(root);
        }
    }
    return checksum;
}
