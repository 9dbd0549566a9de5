// Several workers: what they share, how they stop for each other, preemption, the end of a run.
#define _GNU_SOURCE // RTLD_NEXT
#include "tests/test.h"

#include "runtime/runtime.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

#ifdef __SANITIZE_THREAD__
enum { SCALE = 10 }; // ThreadSanitizer is slow, and knows a few thousand fibres at most
#else
enum { SCALE = 1 };
#endif

static const struct runtime_config TWO = {.procs = 2};
static const struct runtime_config FOUR = {.procs = 4};
static const struct runtime_config STRESS = {.procs = 2,
                                             .stress = STRESS_STACK_MOVE | STRESS_CHECK_MARK};

// Every coroutine recurses, allocates and counts; none must be lost or run twice.
struct work {
    struct channel *done;
    _Atomic(uint64_t) sum;
};

static struct work work;

NOINLINE static uint64_t depth_sum(uint64_t depth, const uint64_t *above)
{
    const uint64_t here = *above + depth;
    __asm__ volatile("" : : "r"(&here) : "memory");
    return depth == 0 ? here : depth_sum(depth - 1, &here) + (here & 1);
}

static uint64_t expected_sum(uint64_t depth)
{
    uint64_t here = 0;
    uint64_t odd = 0;
    for (;; depth--) {
        here += depth;
        if (depth == 0) {
            return here + odd;
        }
        odd += here & 1;
    }
}

static void do_work(void *arg)
{
    const uint64_t index = (uint64_t)(uintptr_t)arg;
    uint64_t *const copy = heap_new_bytes(sizeof *copy);
    *copy = index;
    const uint64_t zero = 0;
    const uint64_t sum = depth_sum(index % 200, &zero);
    if (index % 3 == 0) {
        coroutine_yield();
    }
    if (sum == expected_sum(*copy % 200)) {
        atomic_fetch_add(&work.sum, *copy);
    }
    channel_send(work.done, NULL);
}

static void spread(void *arg)
{
    const uintptr_t count = *(const uintptr_t *)arg;
    work.done = channel_new(0, 0);
    heap_root_add(&work, sizeof work);
    atomic_store(&work.sum, 0);
    for (uintptr_t i = 0; i < count; i++) {
        coroutine_spawn(do_work, (void *)i);
        if (i % 100 == 99) {
            for (int k = 0; k < 100; k++) {
                channel_receive(work.done, NULL);
            }
        }
    }
}

TEST(work_spreads_and_none_is_lost)
{
    const uintptr_t count = 20000 / SCALE;
    const struct runtime_config *const configs[] = {&TWO, &FOUR};
    for (int i = 0; i < 2; i++) {
        CHECK_EQUAL(runtime_run(configs[i], spread, (void *)&count), 0);
        CHECK_EQUAL(work.sum, count * (count - 1) / 2);
        struct runtime_stats stats;
        runtime_stats_read(&stats);
        CHECK_EQUAL(stats.coroutine_spawn_count, count + 1);
        CHECK_EQUAL(stats.stack_bytes_in_use, 0);
    }
    const uintptr_t few = 1000;
    CHECK_EQUAL(runtime_run(&STRESS, spread, (void *)&few), 0);
    CHECK_EQUAL(work.sum, few * (few - 1) / 2);
}

// Where prologues check the stack; elsewhere there is one worker, whatever is asked for.
#ifdef __x86_64__
// As many coroutines as procs, none of which calls anything: each must get a proc of its own, also
// what was made ready while another proc was being woken.
static _Atomic(unsigned) spinning_count;

static void spin_until_all_do(void *arg)
{
    const unsigned count = *(const unsigned *)arg;
    atomic_fetch_add(&spinning_count, 1);
    while (atomic_load(&spinning_count) < count) {
    }
}

static void spawn_spinning(void *arg)
{
    const unsigned count = *(const unsigned *)arg;
    atomic_store(&spinning_count, 0);
    for (unsigned i = 1; i < count; i++) {
        coroutine_spawn(spin_until_all_do, arg);
    }
    spin_until_all_do(arg);
}

static void spin_often(void *arg)
{
    (void)arg;
    for (unsigned procs = 2; procs <= 4; procs++) {
        for (int round = 0; round < 50 / SCALE; round++) {
            const struct runtime_config config = {.procs = procs};
            runtime_run(&config, spawn_spinning, &procs);
        }
    }
}

TEST(nothing_waits_while_a_proc_is_idle)
{
    int status;
    test_in_child(spin_often, NULL, &status); // hung, it is killed
    CHECK_EQUAL(status, 0);
}

// The system may refuse threads, here all after the first. The two procs that there are must still
// wake each other.
static _Atomic(unsigned) thread_count_max = UINT32_MAX;
static _Atomic(unsigned) refused_count;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *),
                   void *arg)
{
    int (*const real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
        dlsym(RTLD_NEXT, "pthread_create");
    if (atomic_load(&thread_count_max) == 0) {
        atomic_fetch_add(&refused_count, 1);
        return EAGAIN;
    }
    atomic_fetch_sub(&thread_count_max, 1);
    return real(thread, attributes, fn, arg);
}

static void spin_until_refused(void *arg)
{
    (void)arg;
    atomic_fetch_add(&spinning_count, 1);
    while (atomic_load(&refused_count) == 0) {
    }
}

static void nap(void *unused)
{
    (void)unused;
    usleep(2000); // enough for an idle proc to stop looking around
}

static void do_nothing(void *unused)
{
    (void)unused;
}

static void wake_each_other(void *unused)
{
    (void)unused;
    enum { ROUND_COUNT = 20 };
    static unsigned counts[ROUND_COUNT]; // reached in each round
    // The second proc is kept busy until a third was asked for in vain.
    coroutine_spawn(spin_until_refused, NULL);
    while (atomic_load(&spinning_count) == 0) {
    }
    coroutine_spawn(do_nothing, NULL);
    for (unsigned round = 0; round < ROUND_COUNT; round++) {
        counts[round] = 1 + 2 * (round + 1);
        coroutine_on_system_stack(nap, NULL);
        coroutine_spawn(spin_until_all_do, &counts[round]);
        spin_until_all_do(&counts[round]);
    }
}

static void run_with_one_thread(void *arg)
{
    const struct runtime_config config = {.procs = 4};
    atomic_store(&thread_count_max, 1 + 1); // and the monitor
    runtime_run(&config, wake_each_other, arg);
}

TEST(procs_without_a_thread_do_not_keep_others_asleep)
{
    int status;
    test_in_child(run_with_one_thread, NULL, &status);
    CHECK_EQUAL(status, 0);
}

#endif

// Allocation and collections on all procs at once: each coroutine keeps a list and checks it.
struct cell {
    struct cell *next;
    uint64_t value;
};

static const uint64_t CELL_MAP[] = {1};
static const struct heap_type CELL = {"cell", sizeof(struct cell), CELL_MAP};
static _Atomic(uint64_t) wrong_count;

static void keep_list(void *arg)
{
    const uint64_t seed = (uint64_t)(uintptr_t)arg;
    for (int round = 0; round < 20; round++) {
        struct cell *list = NULL;
        for (uint64_t i = 0; i < 2000 / SCALE; i++) {
            struct cell *const cell = heap_new(&CELL);
            cell->value = seed * 10000 + i;
            heap_store(&cell->next, list);
            list = cell;
        }
        coroutine_yield();
        uint64_t left = 2000 / SCALE;
        for (const struct cell *cell = list; cell; cell = cell->next) {
            wrong_count += cell->value != seed * 10000 + --left;
        }
        wrong_count += left != 0;
    }
    channel_send(work.done, NULL);
}

static void collect_on_all(void *arg)
{
    (void)arg;
    work.done = channel_new(0, 0);
    heap_root_add(&work, sizeof work);
    for (uintptr_t i = 0; i < 16; i++) {
        coroutine_spawn(keep_list, (void *)i);
    }
    for (int i = 0; i < 16; i++) {
        channel_receive(work.done, NULL);
        heap_collect();
    }
}

TEST(collections_stop_all_workers)
{
    const struct runtime_config configs[] = {
        {.procs = 2}, {.procs = 4, .gc_percent = 10}, {.procs = 2, .stress = STRESS_CHECK_MARK}};
    for (int i = 0; i < 3; i++) {
        wrong_count = 0;
        CHECK_EQUAL(runtime_run(&configs[i], collect_on_all, NULL), 0);
        CHECK_EQUAL(wrong_count, 0);
        struct runtime_stats stats;
        runtime_stats_read(&stats);
        CHECK(stats.gc_count >= 16);
    }
}

// A coroutine that loops over calls and never yields.
static _Atomic(bool) released;
static _Atomic(uint64_t) spin_count;

NOINLINE static double spin_once(double a, double b, double c, double d, double e, double f,
                                 double g, double h)
{
    spin_count++;
    __asm__ volatile("" : : : "memory");
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8;
}

static void spin(void *arg)
{
    bool *const right = arg;
    *right = true;
    // The arguments travel in vector registers through every preemption.
    while (!atomic_load(&released)) {
        *right = *right && spin_once(1, 2, 3, 4, 5, 6, 7, 8) == 204;
    }
}

static void release(void *arg)
{
    (void)arg;
    // Uses the registers that the preempted function's arguments were in.
    volatile double sum = 0;
    for (int i = 0; i < 100; i++) {
        sum = sum + spin_once(i, i, i, i, i, i, i, i);
    }
    atomic_store(&released, true);
}

static void spin_first(void *arg)
{
    for (int i = 0; i < 5; i++) {
        atomic_store(&released, false);
        coroutine_spawn(release, NULL);
        spin(arg); // until the other coroutine has run
    }
}

TEST(a_loop_over_calls_does_not_stop_others)
{
    const struct runtime_config configs[] = {
        {.procs = 1}, {.procs = 2}, {.procs = 1, .stress = STRESS_STACK_MOVE}};
    for (int i = 0; i < 3; i++) {
        bool right = false;
        CHECK_EQUAL(runtime_run(&configs[i], spin_first, &right), 0);
        CHECK(right);
    }
}

// A preempted function was promised its frame: shrinking must leave room for it.
NOINLINE static uint64_t large_frame(uint64_t depth)
{
    volatile char space[12000];
    memset((char *)space, (int)depth, sizeof space);
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof space; i += 100) {
        sum += (uint64_t)space[i] - (uint64_t)(char)depth;
    }
    return sum;
}

static void use_large_frames(void *arg)
{
    uint64_t *const wrong = arg;
    while (!atomic_load(&released)) {
        *wrong += large_frame(3);
    }
    channel_send(work.done, NULL);
}

static void shrink_preempted(void *arg)
{
    work.done = channel_new(0, 0);
    heap_root_add(&work, sizeof work);
    atomic_store(&released, false);
    coroutine_spawn(use_large_frames, arg);
    for (int i = 0; i < 10; i++) {
        coroutine_yield(); // comes back by preemption only
        heap_collect();
    }
    atomic_store(&released, true);
    channel_receive(work.done, NULL);
}

TEST(a_preempted_stack_keeps_room_for_its_frame)
{
    uint64_t wrong = 0;
    const struct runtime_config config = {.procs = 1};
    CHECK_EQUAL(runtime_run(&config, shrink_preempted, &wrong), 0);
    CHECK_EQUAL(wrong, 0);
}

// Loops without a prologue, but over operations of the runtime, stop for a collection as well.
static void yield_until_released(void *arg)
{
    (void)arg;
    while (!atomic_load(&released)) {
        coroutine_yield();
    }
    channel_send(work.done, NULL);
}

static void send_until_released(void *arg)
{
    struct channel *const own = channel_new(sizeof(int), 1);
    (void)arg;
    while (!atomic_load(&released)) {
        int value = 1;
        channel_send(own, &value);
        channel_receive(own, &value);
    }
    channel_send(work.done, NULL);
}

static void system_call(void *arg)
{
    const uint64_t one = 1;
    *(uint64_t *)arg += depth_sum(50, &one) & 1;
}

static void stay_on_system_stack(void *arg)
{
    (void)arg;
    uint64_t sum = 0;
    while (!atomic_load(&released)) {
        coroutine_on_system_stack(system_call, &sum);
    }
    channel_send(work.done, NULL);
}

static void collect_among_loops(void *arg)
{
    (void)arg;
    void (*const loops[])(void *) = {yield_until_released, send_until_released,
                                     stay_on_system_stack};
    work.done = channel_new(0, 0);
    heap_root_add(&work, sizeof work);
    for (int i = 0; i < 3; i++) {
        atomic_store(&released, false);
        coroutine_spawn(loops[i], NULL);
        for (int k = 0; k < 200; k++) {
            heap_collect();
            coroutine_yield();
        }
        atomic_store(&released, true);
        channel_receive(work.done, NULL);
    }
}

TEST(loops_over_the_runtime_stop_for_collections)
{
    CHECK_EQUAL(runtime_run(&TWO, collect_among_loops, NULL), 0);
    CHECK_EQUAL(runtime_run(&FOUR, collect_among_loops, NULL), 0);
}

// The first coroutine's return ends the run whatever the others do.
static void spin_for_ever(void *arg)
{
    for (;;) {
        spin_once(0, 0, 0, 0, 0, 0, 0, 0);
        (void)arg;
    }
}

static void leave_spinning(void *arg)
{
    for (int i = 0; i < 3; i++) {
        coroutine_spawn(spin_for_ever, NULL);
    }
    coroutine_yield();
    *(int *)arg += 1;
}

TEST(the_first_return_ends_the_run)
{
    int run_count = 0;
    for (int i = 0; i < 10; i++) {
        const struct runtime_config config = {.procs = 1 + (unsigned)i % 3};
        CHECK_EQUAL(runtime_run(&config, leave_spinning, &run_count), 0);
    }
    CHECK_EQUAL(run_count, 10);
}

static void wait_for_ever(void *arg)
{
    channel_receive(arg, NULL);
    __asm__ volatile("");
}

static void sleep_everywhere(void *arg)
{
    (void)arg;
    struct channel *const never = channel_new(0, 0);
    for (int i = 0; i < 20; i++) {
        coroutine_spawn(wait_for_ever, never);
    }
    for (int i = 0; i < 100; i++) {
        coroutine_yield();
    }
    wait_for_ever(never);
}

static void run_four(void *arg)
{
    runtime_run(&FOUR, sleep_everywhere, arg);
}

TEST(deadlock_is_found_across_workers)
{
    int status;
    const char *said = test_in_child(run_four, NULL, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(said, "all coroutines are asleep: deadlock") != NULL);
    int parked_count = 0;
    for (const char *at = said; (at = strstr(at, " [channel receive]:")); at++) {
        parked_count++;
    }
    CHECK(parked_count == 21 && strstr(said, "wait_for_ever+") != NULL);
}
