// How small objects are marked, collection by collection: as the rule says, and on heaps whose
// objects lie in the order in which they are reached, and do not.
#include "tests/heap_support.h"

#include "base/rng.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_choice.h"

#include <string.h>

// ---- the rule ------------------------------------------------------------------------------

enum { VISITED_BYTES = 1 << 20, STEP_COUNT_MAX = 64 };

// Collections by spans (s) and one by one (o), as many as `expected` is long, of a heap of
// live_bytes that is dense to so many percent.
static void expect(struct mark_choice *choice, uint64_t live_bytes, unsigned dense_percent,
                   const char *expected)
{
    char found[STEP_COUNT_MAX + 1] = {0};
    for (size_t i = 0; expected[i] && i < STEP_COUNT_MAX; i++) {
        found[i] = choice->by_spans ? 's' : 'o';
        mark_choice_next(choice, live_bytes, choice->by_spans ? VISITED_BYTES : 0,
                         choice->by_spans ? VISITED_BYTES / 100 * dense_percent : 0);
    }
    if (strcmp(found, expected) != 0) {
        test_fail(__FILE__, __LINE__, "\"%s\", expected \"%s\"", found, expected);
    }
}

TEST(a_setting_holds)
{
    struct mark_choice choice;
    mark_choice_init(&choice, "spans");
    expect(&choice, MIB, 0, "ssssssss");
    mark_choice_init(&choice, "objects");
    expect(&choice, MIB, 100, "oooooooo");
}

TEST(dense_visits_are_gone_on_with)
{
    struct mark_choice choice;
    mark_choice_init(&choice, NULL);
    expect(&choice, MIB, 80, "ssssssss");
    mark_choice_next(&choice, 0, 0, 0); // nothing was visited
    CHECK(choice.by_spans);
}

TEST(sparse_ones_are_looked_for_less_and_less)
{
    struct mark_choice choice;
    mark_choice_init(&choice, NULL);
    expect(&choice, MIB, 70, "sosooosooooooosooooooooooooooosooooooooooooooos");
    // The last one by spans was sparse.
    expect(&choice, MIB, 90, "ooooooooooooooossss");
    expect(&choice, MIB, 70, "sosooos");
}

TEST(another_heap_is_looked_at_at_once)
{
    struct mark_choice choice;
    mark_choice_init(&choice, NULL);
    expect(&choice, 8 * MIB, 0, "sosooosoo");
    expect(&choice, 15 * MIB, 0, "oo"); // not yet another one
    mark_choice_next(&choice, 17 * MIB, 0, 0);
    expect(&choice, 17 * MIB, 0, "sosooosoo");
    mark_choice_next(&choice, 8 * MIB, 0, 0);
    expect(&choice, 8 * MIB, 0, "sosooos");
}

// ---- heaps ---------------------------------------------------------------------------------

enum { NODE_COUNT = 1 << 18, COLLECTION_COUNT = 24 };

static struct node **nodes;

// Node `first` and those after it become a tree, in the order of a walk that comes to a node before
// its children.
static struct node *link_tree(uint32_t first, uint32_t count)
{
    struct node *const node = nodes[first];
    const uint32_t left_count = count / 2;
    if (left_count > 0) {
        heap_store(&node->next, link_tree(first + 1, left_count));
    }
    if (count - 1 > left_count) {
        heap_store(&node->other, link_tree(first + 1 + left_count, count - 1 - left_count));
    }
    return node;
}

static struct node *root;

NOINLINE static void build(bool shuffled)
{
    heap_store(&nodes, heap_new_conservative(NODE_COUNT * sizeof(struct node *)));
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        heap_store(&nodes[i], heap_new(&NODE));
    }
    struct rng rng;
    rng_init(&rng, 1);
    for (uint32_t i = NODE_COUNT - 1; shuffled && i > 0; i--) {
        const uint64_t other = rng_below(&rng, i + 1);
        struct node *const node = nodes[i];
        heap_store(&nodes[i], nodes[other]);
        heap_store(&nodes[other], node);
    }
    heap_store(&root, link_tree(0, NODE_COUNT));
    for (uint32_t i = 0; i < NODE_COUNT; i++) {
        heap_store(&nodes[i], NULL);
    }
    heap_store(&nodes, NULL);
}

static uint32_t by_spans_count;

static void collect_tree(void *shuffled)
{
    heap_root_add(&root, sizeof root);
    heap_root_add(&nodes, sizeof nodes);
    build(*(const bool *)shuffled);
    by_spans_count = 0;
    for (int i = 0; i < COLLECTION_COUNT; i++) {
        by_spans_count += heap_instance.mark_choice.by_spans;
        heap_collect();
        CHECK(stats_now().heap_live_bytes >= NODE_COUNT * sizeof(struct node));
    }
    root = NULL;
}

static void run_tree(bool shuffled)
{
    const struct runtime_config config = {.stack_bytes_min = 64 * KIB};
    CHECK_EQUAL(runtime_run(&config, collect_tree, &shuffled), 0);
}

TEST(a_tree_in_order_is_marked_by_spans)
{
    run_tree(false);
    CHECK(by_spans_count >= COLLECTION_COUNT - 2);
}

TEST(a_shuffled_tree_is_marked_one_by_one)
{
    run_tree(true);
    CHECK(by_spans_count >= 1);
    CHECK(by_spans_count <= COLLECTION_COUNT / 4);
}
