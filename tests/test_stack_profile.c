// Whom growth is charged to, what moving a stack changes, the census.
#include "tests/test.h"

#include "runtime/runtime.h"
#include "runtime/stack.h"
#include "runtime/stack_profile.h"

#include <stdio.h>
#include <string.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { STRATEGY_COUNT = 3 };

// ---- which words move ---------------------------------------------------------------------------
static uint64_t random_state = 88172645463325252u;

static uint64_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

// A word that is in the stack, at its edges, just outside, or something else.
static uintptr_t word_near(const struct stack *stack)
{
    const uintptr_t base = (uintptr_t)stack->base;
    switch (random_word() % 8) {
    case 0:
        return base;
    case 1:
        return base - 1;
    case 2:
        return base + stack->size_bytes - 1;
    case 3:
        return base + stack->size_bytes;
    case 4:
    case 5:
        return base + random_word() % stack->size_bytes;
    default:
        return random_word();
    }
}

TEST(exactly_the_words_that_point_into_the_stack_move)
{
    struct stack_pool pool;
    stack_pool_init(&pool, false);
    for (int round = 0; round < 200; round++) {
        struct stack *const from = stack_acquire(&pool, 2048);
        struct stack *const to = stack_acquire(&pool, 4096 << round % 3);
        const size_t count = 1 + random_word() % 256;
        uintptr_t words[256];
        uintptr_t *const sp = (uintptr_t *)stack_top(from) - count;
        uint64_t expected_count = 7;
        for (size_t i = 0; i < count; i++) {
            const uintptr_t word = word_near(from);
            sp[i] = word;
            // From the top, in signed arithmetic, unlike stack_copy().
            const intptr_t from_top = (intptr_t)(word - (uintptr_t)stack_top(from));
            const bool inside = from_top < 0 && from_top >= -(intptr_t)from->size_bytes;
            words[i] = inside ? (uintptr_t)stack_top(to) + (uintptr_t)from_top : word;
            expected_count += inside;
        }
        uint64_t relocated_words = 7; // added to
        const uintptr_t *const copy = stack_copy(from, to, sp, &relocated_words);
        CHECK((const char *)copy == stack_top(to) - count * sizeof *words);
        CHECK(memcmp(copy, words, count * sizeof *words) == 0);
        CHECK_EQUAL(relocated_words, expected_count);
        stack_drop(&pool, from);
        stack_drop(&pool, to);
    }
    stack_pool_release(&pool);
}

// ---- whom growth is charged to ------------------------------------------------------------------
NOINLINE static uint64_t glutton(uint64_t value)
{
    uint64_t words[3000];
    memset(words, (int)value, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
    return words[2999];
}

NOINLINE static uint64_t modest(uint64_t value)
{
    uint64_t words[200];
    memset(words, (int)value, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
    return words[199] + glutton(value);
}

static void eat(void *arg)
{
    *(uint64_t *)arg = modest(1) & 1;
}

static void eat_in_ten_coroutines(void *arg)
{
    for (int i = 0; i < 10; i++) {
        coroutine_spawn(eat, arg);
        coroutine_yield();
    }
}

// Whether the address lies in glutton(): behind its start, and modest(), which is about as short,
// does not begin in between.
static bool is_in_glutton(const void *address)
{
    const uintptr_t start = (uintptr_t)glutton;
    const uintptr_t other = (uintptr_t)modest;
    const uintptr_t at = (uintptr_t)address;
    return at - start < 512 && !(other > start && other <= at);
}

TEST(growth_is_charged_to_the_function_that_asked)
{
    for (unsigned strategy = 0; strategy < STRATEGY_COUNT; strategy++) {
        uint64_t result;
        const struct runtime_config config = {.procs = 1, .stack_strategy = strategy};
        CHECK_EQUAL(runtime_run(&config, eat_in_ten_coroutines, &result), 0);
        struct stack_profile_entry entries[10];
        const size_t count = runtime_stack_profile(entries, 10);
        CHECK(count >= 1 && count <= 10);
        struct runtime_stats stats;
        runtime_stats_read(&stats);
        struct stack_profile_entry sum = {0};
        const struct stack_profile_entry *of_glutton = NULL;
        for (size_t i = 0; i < count && i < 10; i++) {
            sum.grow_count += entries[i].grow_count;
            sum.copied_bytes += entries[i].copied_bytes;
            if (is_in_glutton(entries[i].function)) {
                of_glutton = &entries[i];
            }
        }
        CHECK_EQUAL(sum.grow_count, stats.stack_grow_count);
        CHECK_EQUAL(sum.copied_bytes, stats.stack_copied_bytes);
        CHECK(of_glutton != NULL);
        if (of_glutton) {
            CHECK_EQUAL(of_glutton->grow_count, 10);
            CHECK(of_glutton->stack_bytes_max >= 3000 * sizeof(uint64_t));
            // The frames of modest() and eat() were copied each time, and hold addresses.
            CHECK((of_glutton->copied_bytes >= 10 * 200 * sizeof(uint64_t)) ==
                  (strategy == STACK_CONTIGUOUS));
            CHECK(of_glutton->relocated_words * 8 <= of_glutton->copied_bytes);
        }
        // The most expensive comes first, also when there is room for one only.
        struct stack_profile_entry first;
        CHECK_EQUAL(runtime_stack_profile(&first, 1), count);
        CHECK(first.function == entries[0].function);
        for (size_t i = 1; i < count && i < 10; i++) {
            CHECK(entries[i].copied_bytes <= entries[i - 1].copied_bytes);
        }
    }
}

// ---- the census ---------------------------------------------------------------------------------
static struct channel *gate;

NOINLINE static void descend_and_wait(uint64_t depth)
{
    uint64_t words[100];
    memset(words, (int)depth, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
    if (depth > 0) {
        descend_and_wait(depth - 1);
    } else {
        channel_receive(gate, NULL);
    }
    __asm__ volatile("" : : "r"(words) : "memory");
}

static void wait_deep(void *arg)
{
    descend_and_wait((uintptr_t)arg);
}

static void count_all(void *arg)
{
    gate = channel_new(0, 0);
    for (int i = 0; i < 20; i++) {
        coroutine_spawn(wait_deep, (void *)(uintptr_t)(i % 2 ? 100 : 0));
    }
    coroutine_yield();
    runtime_stack_census(arg);
    channel_close(gate);
    coroutine_yield();
}

TEST(the_census_counts_every_stack)
{
    for (unsigned strategy = 0; strategy < STRATEGY_COUNT; strategy++) {
        static struct stack_census census;
        const struct runtime_config config = {.procs = 1, .stack_strategy = strategy};
        CHECK_EQUAL(runtime_run(&config, count_all, &census), 0);
        uint64_t count = 0;
        uint64_t large_count = 0;
        for (unsigned i = 0; i < STACK_CENSUS_CLASS_COUNT; i++) {
            count += census.coroutine_counts[i];
            CHECK(census.stack_bytes[i] >= census.coroutine_counts[i] << i);
            CHECK(census.stack_bytes[i] <= census.coroutine_counts[i] << (i + 1));
            CHECK(census.used_bytes[i] <= census.stack_bytes[i]);
            if ((uint64_t)1 << i >= 100 * 100 * sizeof(uint64_t) * 3 / 4) {
                large_count += census.coroutine_counts[i];
                // Each of them uses at least what its frames hold.
                CHECK(census.used_bytes[i] >= census.coroutine_counts[i] * 100 * 800);
            }
        }
        CHECK_EQUAL(count, 21);
        CHECK_EQUAL(large_count, 10);
    }
    static struct stack_census after;
    runtime_stack_census(&after);
    CHECK_EQUAL(after.coroutine_counts[11], 0);
}

static void print(void *arg)
{
    eat_in_ten_coroutines(arg);
    runtime_stack_profile_print(stderr);
}

static void run_and_print(void *arg)
{
    uint64_t result;
    const struct runtime_config config = {.procs = 1};
    (void)arg;
    runtime_run(&config, print, &result);
}

TEST(the_printed_profile_names_functions)
{
    int status;
    const char *said = test_in_child(run_and_print, NULL, &status);
    CHECK_EQUAL(status, 0);
    CHECK(strstr(said, "glutton+0x") != NULL);
    CHECK(strstr(said, "stacks from") != NULL);
}
