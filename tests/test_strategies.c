// What every strategy must do alike, and what each does differently.
#include "tests/test.h"

#include "runtime/inspect.h"
#include "runtime/runtime.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { STRATEGY_COUNT = 3 };

// fn(arg) under every strategy from the first on, as it is and under stress.
static void run_each(unsigned first_strategy, void (*fn)(void *), void *arg,
                     void (*check)(void *arg))
{
    for (unsigned i = first_strategy; i < STRATEGY_COUNT; i++) {
        for (unsigned k = 0; k < 2; k++) {
            const struct runtime_config config = {
                .procs = 1, .stack_strategy = i, .stress = k ? STRESS_STACK_MOVE : 0};
            CHECK_EQUAL(runtime_run(&config, fn, arg), 0);
            check(arg);
        }
    }
}

// ---- random call trees --------------------------------------------------------------------------
// Every call is one of several shapes, chosen by the seed: few and many arguments, in registers and
// on the stack; structs by value, returned in registers and in memory; variable arguments; floating
// point in all its sizes. Addresses of locals go down, are written to by callees, and come back up.
// A plain thread's result is the truth.

struct node {
    uint64_t seed;
    unsigned depth;
    uint64_t *outer;     // a local of the caller, or of its caller: to be read and written
    struct node *parent; // on the stack
};

struct pair {
    uint64_t a, b;
};

struct mixed {
    double x;
    uint64_t n;
};

struct large {
    uint64_t words[11];
};

static uint64_t grow_tree(struct node *node);

static uint64_t mix(uint64_t a, uint64_t b)
{
    return (a ^ b) * 0x9e3779b97f4a7c15u + (a >> 29);
}

NOINLINE static uint64_t few(struct node *node, uint64_t *local)
{
    *local = mix(*local, node->seed);
    return grow_tree(node) + *local;
}

NOINLINE static uint64_t many(uint64_t a, uint64_t *b, uint64_t c, struct node *node, uint64_t *d,
                              uint64_t e, uint64_t f, double g, float h, uint64_t *i, double j,
                              uint64_t k)
{
    uint64_t here[5] = {a, c, e, f, k};
    *b += here[node->seed % 5];
    const uint64_t below = grow_tree(node);
    *i ^= below;
    return mix(below + *b + *d + *i + here[0] + here[4],
               (uint64_t)(g * 4) + (uint64_t)(double)h + (uint64_t)j);
}

NOINLINE static struct pair by_registers(struct pair pair, struct node *node)
{
    const uint64_t below = grow_tree(node);
    return (struct pair){mix(pair.a, below), mix(pair.b, *node->outer)};
}

NOINLINE static struct mixed mixed_result(struct mixed mixed, struct node *node)
{
    const uint64_t below = grow_tree(node);
    return (struct mixed){mixed.x * 0.5 + (double)(below & 0xffff), mixed.n ^ below};
}

NOINLINE static struct large by_memory(struct large large, struct node *node, uint64_t *local)
{
    const uint64_t below = grow_tree(node);
    *local += large.words[below % 11];
    large.words[node->seed % 11] ^= below;
    return large;
}

// Not on contiguous stacks: beside the 10 bytes of one lie 6 that nobody has written, and where
// those are left of an address the word is taken for a pointer (docs/runtime.md).
static bool long_double_allowed;

NOINLINE static long double extended(long double x, double y, struct node *node)
{
    const uint64_t below = grow_tree(node);
    return x * 0.25L + (long double)y + (long double)(below >> 40);
}

NOINLINE static uint64_t variable(struct node *node, int count, ...)
{
    va_list arguments;
    va_start(arguments, count);
    uint64_t sum = grow_tree(node);
    for (int i = 0; i < count; i++) {
        switch (i % 3) {
        case 0:
            sum = mix(sum, va_arg(arguments, uint64_t));
            break;
        case 1:
            sum = mix(sum, (uint64_t)(va_arg(arguments, double) * 2));
            break;
        default:
            sum = mix(sum, *va_arg(arguments, uint64_t *));
        }
    }
    va_end(arguments);
    return sum;
}

NOINLINE static uint64_t big_frame(struct node *node, uint64_t *local)
{
    uint64_t words[400];
    for (unsigned i = 0; i < 400; i++) {
        words[i] = node->seed + i;
    }
    __asm__ volatile("" : : "r"(words) : "memory");
    uint64_t *const chosen = &words[node->seed % 400];
    struct node copy = *node;
    copy.outer = chosen;
    const uint64_t below = grow_tree(&copy);
    *local ^= *chosen;
    return mix(below, words[0] + words[399]);
}

static uint64_t call_shape(unsigned shape, struct node *child, uint64_t *first, uint64_t *second)
{
    const uint64_t s = child->seed;
    switch (shape) {
    case 0:
        return few(child, first);
    case 1:
        return many(s, first, s >> 3, child, second, s >> 5, s >> 7, (double)(s & 0xfff) * 0.25,
                    (float)(s & 0xff), second, (double)(s & 0xffff), s >> 11);
    case 2: {
        const struct pair result = by_registers((struct pair){s, *first}, child);
        return result.a + result.b;
    }
    case 3: {
        const struct mixed result = mixed_result((struct mixed){(double)(s & 0xffff), s}, child);
        return (uint64_t)result.x + result.n;
    }
    case 4: {
        struct large large;
        for (unsigned i = 0; i < 11; i++) {
            large.words[i] = s * i;
        }
        const struct large result = by_memory(large, child, second);
        return result.words[s % 11] + result.words[3];
    }
    case 5:
        if (!long_double_allowed) {
            return few(child, second);
        }
        return (uint64_t)extended((long double)(s & 0xffff), (double)(s & 0xff), child);
    case 6:
        return variable(child, 9, s, (double)(s & 0xff), first, s >> 1, 0.5, second, s >> 2, 1.5,
                        first);
    default:
        return big_frame(child, first);
    }
}

static uint64_t grow_tree(struct node *node)
{
    uint64_t first = node->seed;
    uint64_t second = node->seed >> 1;
    *node->outer += node->seed;
    // The chain of parents lies on the stack, too.
    if (node->parent && node->parent->parent) {
        *node->parent->outer ^= node->depth;
    }
    uint64_t sum = node->seed;
    if (node->depth > 0) {
        const unsigned child_count = 1 + (unsigned)(node->seed >> 60) % 3;
        for (unsigned i = 0; i < child_count; i++) {
            struct node child = {
                .seed = mix(node->seed, i + 1),
                .depth = node->depth - 1,
                .outer = i % 2 ? &first : node->outer,
                .parent = node,
            };
            sum = mix(sum, call_shape((unsigned)(child.seed >> 32) % 8, &child, &first, &second));
        }
    }
    return mix(sum, first + second);
}

struct tree {
    uint64_t seed;
    unsigned depth;
    uint64_t result;
    uint64_t expected;
};

static void grow_on_coroutine(void *arg)
{
    struct tree *const tree = arg;
    uint64_t outer = tree->seed;
    struct node root = {.seed = tree->seed, .depth = tree->depth, .outer = &outer};
    tree->result = grow_tree(&root) + outer;
}

static void *grow_on_thread(void *arg)
{
    grow_on_coroutine(arg);
    return NULL;
}

static void check_tree(void *arg)
{
    struct tree *const tree = arg;
    CHECK_EQUAL(tree->result, tree->expected);
    tree->result = 0;
}

TEST(random_call_trees_are_right_under_every_strategy)
{
    for (uint64_t seed = 1; seed <= 24; seed++) {
        long_double_allowed = seed % 2;
        struct tree tree = {.seed = mix(seed, seed << 32), .depth = 9};
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, NULL, grow_on_thread, &tree), 0);
        pthread_join(thread, NULL);
        tree.expected = tree.result;
        run_each(long_double_allowed ? STACK_SEGMENTED : STACK_CONTIGUOUS, grow_on_coroutine, &tree,
                 check_tree);
    }
}

// ---- depth --------------------------------------------------------------------------------------
NOINLINE static uint64_t descend(uint64_t depth, const uint64_t *above)
{
    const uint64_t here[3] = {*above + 1, depth, *above};
    __asm__ volatile("" : : "r"(here) : "memory");
    return depth == 0 ? here[0] : descend(depth - 1, here) + (here[1] == depth) + here[2] - *above;
}

struct descent {
    uint64_t depth;
    uint64_t result;
};

static void descend_from(void *arg)
{
    struct descent *const descent = arg;
    const uint64_t zero = 0;
    descent->result = descend(descent->depth, &zero);
}

static void check_descent(void *arg)
{
    struct descent *const descent = arg;
    CHECK_EQUAL(descent->result, 2 * descent->depth + 1);
    descent->result = 0;
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    CHECK(stats.stack_grow_count > 0);
    CHECK_EQUAL(stats.stack_bytes_in_use, 0);
}

TEST(deep_recursion_fits_every_strategy)
{
    struct descent descent = {.depth = 100000};
    run_each(STACK_CONTIGUOUS, descend_from, &descent, check_descent);
}

static enum stack_strategy child_strategy;

static void overflow(void *arg)
{
    struct descent descent = {.depth = 1000000};
    const struct runtime_config config = {
        .procs = 1, .stack_bytes_max = 65536, .stack_strategy = child_strategy};
    (void)arg;
    runtime_run(&config, descend_from, &descent);
}

TEST(every_strategy_reports_overflow)
{
    for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
        child_strategy = i;
        int status;
        const char *said = test_in_child(overflow, NULL, &status);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
        CHECK(strstr(said, "stack exceeds 65536-byte limit: coroutine 1 needs ") != NULL);
        // The backtrace leads through every segment: as many frames as are printed, and more.
        const char *first = strstr(said, "descend");
        CHECK(first != NULL);
        CHECK(strstr(said, "... more frames") != NULL);
    }
}

NOINLINE static uint64_t descend_and_wait(uint64_t depth, struct channel *channel)
{
    uint64_t words[200];
    memset(words, (int)depth, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
    if (depth == 0) {
        channel_receive(channel, words);
        return words[0];
    }
    return descend_and_wait(depth - 1, channel) + words[depth];
}

static void wait_deep(void *arg)
{
    (void)arg;
    descend_and_wait(20, channel_new(sizeof(uint64_t), 0));
    __asm__ volatile(""); // not a tail call
}

static void deadlock(void *arg)
{
    (void)arg;
    const struct runtime_config config = {.procs = 1, .stack_strategy = child_strategy};
    runtime_run(&config, wait_deep, NULL);
}

TEST(backtraces_lead_to_the_first_frame_under_every_strategy)
{
    for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
        child_strategy = i;
        int status;
        const char *said = test_in_child(deadlock, NULL, &status);
        CHECK(strstr(said, "deadlock") != NULL);
        int count = 0;
        for (const char *at = said; (at = strstr(at, "descend_and_wait")); at++) {
            count++;
        }
        CHECK_EQUAL(count, 21);
        CHECK(strstr(said, "wait_deep") != NULL);
        CHECK(strstr(said, "coroutine_main") != NULL);
    }
}

// ---- what differs -------------------------------------------------------------------------------
static struct runtime_stats stats_of(enum stack_strategy strategy, uint64_t depth)
{
    struct descent descent = {.depth = depth};
    const struct runtime_config config = {.procs = 1, .stack_strategy = strategy};
    CHECK_EQUAL(runtime_run(&config, descend_from, &descent), 0);
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    return stats;
}

TEST(only_contiguous_stacks_are_copied)
{
    CHECK(stats_of(STACK_CONTIGUOUS, 10000).stack_copied_bytes > 0);
    CHECK_EQUAL(stats_of(STACK_SEGMENTED, 10000).stack_copied_bytes, 0);
    CHECK_EQUAL(stats_of(STACK_RESERVED, 10000).stack_copied_bytes, 0);
    // Doubling takes a few steps, segments of a fixed size one for each so many frames.
    CHECK(stats_of(STACK_CONTIGUOUS, 10000).stack_grow_count < 20);
    CHECK(stats_of(STACK_RESERVED, 10000).stack_grow_count < 20);
    CHECK(stats_of(STACK_SEGMENTED, 100000).stack_grow_count > 100);
}

NOINLINE static uint64_t leaf(uint64_t value)
{
    char bytes[512];
    memset(bytes, (int)value, sizeof bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory");
    return (uint64_t)bytes[511];
}

// Calls a leaf in a loop at every depth: at some of them the leaf crosses a segment's end.
NOINLINE static uint64_t call_in_loop(uint64_t depth)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < 100; i++) {
        sum += leaf(i);
    }
    // Not a loop: the sum is a local.
    __asm__ volatile("" : "+m"(sum));
    if (depth > 0) {
        sum += call_in_loop(depth - 1);
        __asm__ volatile("" : "+m"(sum));
    }
    return sum;
}

enum { SPLIT_DEPTH = 3000 }; // several segments also where sanitizers make them large

static void split_hot(void *arg)
{
    *(uint64_t *)arg = call_in_loop(SPLIT_DEPTH);
}

TEST(a_hot_split_costs_segmented_stacks_a_segment_a_call)
{
    uint64_t grow_counts[STRATEGY_COUNT];
    for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
        uint64_t sum = 0;
        const struct runtime_config config = {.procs = 1, .stack_strategy = i};
        CHECK_EQUAL(runtime_run(&config, split_hot, &sum), 0);
        CHECK_EQUAL(sum, (SPLIT_DEPTH + 1) * 4950);
        struct runtime_stats stats;
        runtime_stats_read(&stats);
        grow_counts[i] = stats.stack_grow_count;
    }
    CHECK(grow_counts[STACK_CONTIGUOUS] < 10);
    CHECK(grow_counts[STACK_RESERVED] < 10);
    CHECK(grow_counts[STACK_SEGMENTED] > 100);
}

struct address {
    uintptr_t before; // a number: the word of a pointer would be moved along
    uint64_t *after;
    enum address_class outer_class, inner_class;
};

NOINLINE static void look_from_below(struct address *address, uint64_t *outer)
{
    char bytes[40000]; // more than any first stack
    memset(bytes, 1, sizeof bytes);
    __asm__ volatile("" : : "r"(bytes) : "memory");
    address->after = outer;
    address->outer_class = runtime_address_class(outer);
    address->inner_class = runtime_address_class(bytes);
}

static void look(void *arg)
{
    struct address *const address = arg;
    uint64_t local = 1;
    __asm__ volatile("" : : "r"(&local) : "memory");
    address->before = (uintptr_t)&local;
    look_from_below(address, &local);
}

TEST(locals_keep_their_address_unless_stacks_are_copied)
{
    for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
        struct address address = {0};
        const struct runtime_config config = {.procs = 1, .stack_strategy = i};
        CHECK_EQUAL(runtime_run(&config, look, &address), 0);
        CHECK((address.before == (uintptr_t)address.after) == (i != STACK_CONTIGUOUS));
        CHECK_EQUAL(address.outer_class, ADDRESS_STACK);
        CHECK_EQUAL(address.inner_class, ADDRESS_STACK);
    }
}
