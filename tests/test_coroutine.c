// Coroutines and their stacks, through the public interface.
#include "tests/forced_config.h"
#include "tests/test.h"

#include "runtime/runtime.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define NOINLINE __attribute__((noinline, noclone))

static const struct runtime_config STRESS = {.stress = STRESS_STACK_MOVE};

// What depends on who runs when is checked on one worker.
static const struct runtime_config ONE = {.procs = 1};

static uint64_t spawned_sum;

static void add(void *arg)
{
    spawned_sum += (uint64_t)(uintptr_t)arg;
}

static void spawn_thousand(void *arg)
{
    (void)arg;
    for (uintptr_t i = 1; i <= 1000; i++) {
        CHECK_EQUAL(coroutine_spawn(add, (void *)i), 0);
    }
    for (int i = 0; i < 2; i++) {
        coroutine_yield();
    }
}

TEST(spawned_coroutines_run)
{
    spawned_sum = 0;
    const struct runtime_config config = {.procs = 1, .stack_bytes_min = 65536};
    CHECK_EQUAL(runtime_run(&config, spawn_thousand, NULL), 0);
    CHECK_EQUAL(spawned_sum, 500500);
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    CHECK_EQUAL(stats.coroutine_spawn_count, 1001);
    CHECK(stats.coroutine_switch_count >= 1001);
}

// A recursion whose frames hold pointers to each other, buffers, floating point and a saved
// register's worth of state.
struct link {
    const struct link *outer;
    uint64_t value;
};

NOINLINE static uint64_t descend(uint64_t depth, const struct link *outer, double scale)
{
    struct link link = {.outer = outer, .value = depth * 31 + (uint64_t)scale};
    uint64_t words[3] = {depth, outer->value, link.value};
    __asm__ volatile("" : : "r"(&link), "r"(words) : "memory");
    if (depth == 0) {
        uint64_t sum = 0;
        for (const struct link *step = &link; step; step = step->outer) {
            sum = sum * 3 + step->value;
        }
        return sum;
    }
    const uint64_t below = descend(depth - 1, &link, scale + 0.5);
    // What the callee's frame pointed to must still be what this frame holds.
    return below * 7 + link.value + words[0] + words[1] + words[2] + link.outer->value;
}

static uint64_t descend_from(uint64_t depth)
{
    const struct link root = {.outer = NULL, .value = 1};
    return descend(depth, &root, 1.25);
}

struct descent {
    uint64_t depth;
    uint64_t result;
};

static void descend_on_coroutine(void *arg)
{
    struct descent *descent = arg;
    descent->result = descend_from(descent->depth);
}

static void *descend_on_thread(void *arg)
{
    descend_on_coroutine(arg);
    return NULL;
}

// The same recursion on a plain thread's stack: the independent answer.
static uint64_t expected_of(uint64_t depth)
{
    struct descent descent = {.depth = depth};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)256 << 20);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, &attributes, descend_on_thread, &descent), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    return descent.result;
}

TEST(stacks_grow_as_needed)
{
    struct descent descent = {.depth = 100000};
    CHECK_EQUAL(runtime_run(NULL, descend_on_coroutine, &descent), 0);
    CHECK_EQUAL(descent.result, expected_of(descent.depth));
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    CHECK(stats.stack_grow_count >= 8); // 64 KiB at most to more than 8 MiB
    CHECK(forced_strategy() != STACK_CONTIGUOUS || stats.stack_copied_bytes > 1 << 20);
}

TEST(moving_at_every_call_changes_nothing)
{
    struct descent descent = {.depth = 100000};
    CHECK_EQUAL(runtime_run(&STRESS, descend_on_coroutine, &descent), 0);
    CHECK_EQUAL(descent.result, expected_of(descent.depth));
}

// The callee may take everything that a call can pass: register and stack arguments, vectors, a
// struct by value, variable arguments. Each is checked after the move that the callee's prologue
// makes.
struct large {
    uint64_t words[9];
};

NOINLINE static uint64_t many_arguments(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                        uint64_t f, uint64_t g, double h, float i, double j,
                                        struct large k, const uint64_t *l)
{
    char space[700];
    memset(space, (int)a, sizeof space);
    __asm__ volatile("" : : "r"(space) : "memory");
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g +
           (uint64_t)(h * 8 + (double)i * 9 + j * 10) + k.words[0] + k.words[8] * 11 + *l * 12 +
           (uint64_t)space[699];
}

NOINLINE static double variable_arguments(int count, ...)
{
    char space[700];
    memset(space, count, sizeof space);
    __asm__ volatile("" : : "r"(space) : "memory");
    va_list arguments;
    va_start(arguments, count);
    double sum = space[0];
    for (int i = 0; i < count; i++) {
        sum = sum * 2 + (i % 2 ? va_arg(arguments, double) : (double)va_arg(arguments, int));
    }
    va_end(arguments);
    return sum;
}

NOINLINE static struct large return_struct(uint64_t seed, const uint64_t *add)
{
    struct large result;
    for (unsigned i = 0; i < 9; i++) {
        result.words[i] = seed * i + *add;
    }
    return result;
}

static void pass_everything(void *arg)
{
    bool *right = arg;
    uint64_t local = 5;
    const struct large by_value = {.words = {1, 2, 3, 4, 5, 6, 7, 8, 9}};
    const uint64_t got = many_arguments(1, 2, 3, 4, 5, 6, 7, 1.5, 2.5F, 3.5, by_value, &local);
    const uint64_t expected = 1 + 4 + 9 + 16 + 25 + 36 + 49 + 69 + 1 + 99 + 60 + 1;
    const double sum = variable_arguments(12, 1, 2.0, 3, 4.0, 5, 6.0, 7, 8.0, 9, 10.0, 11, 12.0);
    double expected_sum = 12;
    for (int i = 1; i <= 12; i++) {
        expected_sum = expected_sum * 2 + i;
    }
    const struct large returned = return_struct(3, &local);
    *right = got == expected && sum == expected_sum && returned.words[8] == 29;
}

TEST(every_kind_of_argument_survives_a_move)
{
    bool right = false;
    CHECK_EQUAL(runtime_run(&STRESS, pass_everything, &right), 0);
    CHECK(right);
    right = false;
    CHECK_EQUAL(runtime_run(NULL, pass_everything, &right), 0);
    CHECK(right);
}

static void overflow(void *arg)
{
    struct descent descent = {.depth = 1000000};
    const struct runtime_config config = {.stack_bytes_max = 65536};
    (void)arg;
    runtime_run(&config, descend_on_coroutine, &descent);
}

TEST(overflow_names_the_limit)
{
    int status;
    const char *said = test_in_child(overflow, NULL, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(said, "stack exceeds 65536-byte limit") != NULL);
    CHECK(strstr(said, "coroutine 1") != NULL);
    CHECK(strstr(said, "test_coroutine") != NULL); // the backtrace names the program
}

static void yield_on_system_stack(void *arg)
{
    (void)arg;
    coroutine_yield();
}

static void yield_wrongly(void *arg)
{
    (void)arg;
    coroutine_on_system_stack(yield_on_system_stack, NULL);
}

static void run_wrongly(void *arg)
{
    runtime_run(NULL, yield_wrongly, arg);
}

TEST(waiting_on_the_system_stack_is_fatal)
{
    int status;
    const char *said = test_in_child(run_wrongly, NULL, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(said, "coroutine_yield on the system stack") != NULL);
}

static void format_number(void *arg)
{
    char *text = arg;
    snprintf(text, 32, "%.3f", 3.14159);
}

static void use_libc(void *arg)
{
    coroutine_on_system_stack(format_number, arg);
}

TEST(libc_runs_on_the_system_stack)
{
    char text[32] = "";
    CHECK_EQUAL(runtime_run(NULL, use_libc, text), 0);
    CHECK(strcmp(text, "3.142") == 0);
    use_libc(text); // outside a run it is a plain call
}

static void nested(void *arg)
{
    *(int *)arg = runtime_run(NULL, add, NULL);
}

TEST(wrong_configurations_are_refused)
{
    int result = 0;
    CHECK_EQUAL(runtime_run(NULL, nested, &result), 0);
    CHECK_EQUAL(result, -EBUSY);
    struct runtime_config config = {.stack_strategy = STACK_RESERVED + 1};
    CHECK_EQUAL(runtime_run(&config, add, NULL), -EINVAL);
    config = (struct runtime_config){.stress = 64};
    CHECK_EQUAL(runtime_run(&config, add, NULL), -EINVAL);
    config = (struct runtime_config){.stack_bytes_min = 8192, .stack_bytes_max = 4096};
    CHECK_EQUAL(runtime_run(&config, add, NULL), -EINVAL);
}

static void spawn_many(void *arg)
{
    (void)arg;
    for (uintptr_t i = 0; i < 1000000; i++) {
        coroutine_spawn(add, (void *)1);
        coroutine_yield();
    }
}

static void hold(void *arg)
{
    channel_receive(arg, NULL);
}

static void hold_thousand(void *arg)
{
    struct runtime_stats *stats = arg;
    struct channel *channel = channel_new(0, 0);
    for (int i = 0; i < 1000; i++) {
        coroutine_spawn(hold, channel);
    }
    coroutine_yield();
    runtime_stats_read(&stats[0]);
    channel_close(channel);
    coroutine_yield();
    runtime_stats_read(&stats[1]);
}

TEST(stacks_in_use_are_those_of_live_coroutines)
{
    struct runtime_stats stats[2];
    CHECK_EQUAL(runtime_run(&ONE, hold_thousand, stats), 0);
    const uint64_t each_bytes = stats[0].stack_bytes_in_use / 1001;
    CHECK(each_bytes >= 2048 && each_bytes * 1001 == stats[0].stack_bytes_in_use);
    CHECK_EQUAL(stats[1].stack_bytes_in_use, each_bytes);
    runtime_stats_read(&stats[1]);
    CHECK_EQUAL(stats[1].stack_bytes_in_use, 0);
}

enum { SHRINK_DEPTH = 10000 };

static void grow_and_wait(void *arg)
{
    struct channel *grown = arg;
    descend_from(SHRINK_DEPTH);
    channel_send(grown, NULL);
    struct channel *never = channel_new(0, 0);
    channel_receive(never, NULL);
}

static void collect_twenty(void *arg)
{
    struct channel *grown = channel_new(0, 0);
    coroutine_spawn(grow_and_wait, grown);
    channel_receive(grown, NULL);
    coroutine_yield(); // until it is parked
    for (int i = 0; i < 20; i++) {
        heap_collect();
    }
    *(bool *)arg = true;
}

TEST(parked_stacks_shrink)
{
    bool done = false;
    CHECK_EQUAL(runtime_run(&ONE, collect_twenty, &done), 0);
    CHECK(done);
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    // 10,000 frames took 2 MiB at least; all but the smallest sizes are given up again.
    CHECK(forced_strategy() == STACK_SEGMENTED || stats.stack_shrink_count >= 4);
    CHECK(stats.stack_shrink_count <= stats.stack_grow_count);
}

TEST(finished_coroutines_leave_nothing)
{
    spawned_sum = 0;
    CHECK_EQUAL(runtime_run(&ONE, spawn_many, NULL), 0);
    CHECK_EQUAL(spawned_sum, 1000000);
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    CHECK(stats.stack_bytes_in_use <= 4096);
}
