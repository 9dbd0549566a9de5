// Build and drop many binary trees beside one that lives long.
//
// The idea is the benchmarks game's program of that name (after Hans Boehm's GCBench); the code is
// ours. The stack placement keeps each tree's nodes in an array of the frame that uses the tree:
// what a C programmer would call an arena. An array's size is fixed when it is compiled, so there
// is a function for every depth.
#include "macros/macro.h"

enum { DEPTH_MIN = 4, DEPTH_MAX = 20 };

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

// What is done with a tree once it stands: `depth` and `result` as the caller of tree_with() wants.
struct task {
    uint64_t depth;
    uint64_t value;
    uint64_t size; // for the long-lived tree: of the job done meanwhile; else 0
};

static uint64_t short_lived_trees(uint64_t size);

static NOINLINE struct node *tree_build(struct arena *arena, uint64_t depth, uint64_t value)
{
    struct node *node = OBTAIN_AT(node, arena->nodes, arena->count++);
    node->value = value;
    STORE(&node->left, depth > 1 ? tree_build(arena, depth - 1, value * 2) : NULL);
    STORE(&node->right, depth > 1 ? tree_build(arena, depth - 1, value * 2 + 1) : NULL);
    return node;
}

// Depends on the place of every value, not only on their sum.
static NOINLINE uint64_t tree_check(const struct node *node)
{
    return node ? node->value + 3 * tree_check(node->left) + 5 * tree_check(node->right) : 0;
}

static NOINLINE void tree_drop(struct node *node)
{
    if (node) {
        tree_drop(node->left);
        tree_drop(node->right);
        DROP(node);
    }
}

static NOINLINE uint64_t tree_use(struct arena *arena, const struct task *task)
{
    struct node *const root = tree_build(arena, task->depth, task->value);
    const uint64_t meanwhile = task->size > 0 ? short_lived_trees(task->size) : 0;
    const uint64_t checksum = meanwhile + tree_check(root);
    if (EXPLICIT_FREE) {
        tree_drop(root);
    }
    return checksum;
}

// The frame that holds a tree of this depth.
#define TREE_FRAME(depth)                                                                          \
    static NOINLINE uint64_t tree_frame_##depth(const struct task *task)                           \
    {                                                                                              \
        SLOT_ARRAY(node, nodes, (1 << (depth)) - 1);                                               \
        return tree_use(&(struct arena){.nodes = nodes}, task);                                    \
    }
#define EVERY_DEPTH(of)                                                                            \
    of(4) of(5) of(6) of(7) of(8) of(9) of(10) of(11) of(12) of(13) of(14) of(15) of(16) of(17)    \
        of(18) of(19) of(20)
EVERY_DEPTH(TREE_FRAME)

#define TREE_ENTRY(depth) [depth] = tree_frame_##depth,
static uint64_t (*const tree_frames[DEPTH_MAX + 1])(const struct task *task) = {
    EVERY_DEPTH(TREE_ENTRY)};

static uint64_t tree_with(const struct task *task)
{
    return tree_frames[task->depth](task);
}

// As many nodes at every depth.
static NOINLINE uint64_t short_lived_trees(uint64_t size)
{
    uint64_t checksum = 0;
    for (uint64_t depth = DEPTH_MIN; depth <= size; depth += 2) {
        const uint64_t count = UINT64_C(1) << (size - depth + DEPTH_MIN);
        for (uint64_t i = 0; i < count; i++) {
            checksum = checksum * 31 + tree_with(&(struct task){.depth = depth, .value = i});
        }
    }
    return checksum;
}

uint64_t macro_run(uint64_t size, const struct macro_input *input)
{
    (void)input;
    const uint64_t stretch = tree_with(&(struct task){.depth = size + 1, .value = 1});
    return stretch * 31 + tree_with(&(struct task){.depth = size, .value = 2, .size = size});
}

const struct macro macro = {
    .name = "binary_trees",
    .question = "What do many short-lived trees cost beside one that lives long?",
    .unit = "depth of the long-lived tree",
    .size = 16,
    .smoke = 9,
    .size_min = DEPTH_MIN,
    .size_max = DEPTH_MAX - 1,
};
