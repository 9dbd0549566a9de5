// What stacks that grow cost, as peers/growing.go does it in Go. Built once a strategy, and once
// for a plain thread (growing.thread), without the check in each prologue.
//
// Prints lines OPERATION<TAB>NUMBER[<TAB>UNIT]; nanoseconds are the least of several rounds.
//   first_use_N   per frame of 128 bytes: a new coroutine calls N deep, and ends
//   grown_N       per frame: the same coroutine does it again and again
//   roomy_N       the same in a function that has always found room: another one grew the stack
//   call          per call of a recursion that does little else
//   split_hot     per call in a loop, at the depth where that is slowest, of many
//   split_ratio   that to the depth where it is fastest
//   parked        bytes of memory for each of 1e5 waiting coroutines
//   spawn_1e6     bytes of memory that 1e6 coroutines leave, one after the other
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer_report.h"
#ifndef GROWTH_THREAD
#include "runtime/runtime.h"
#endif

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum {
    ROUND_COUNT = 7,
    // The processor has slow phases of some milliseconds after a process begins something new.
    GROWN_ROUND_COUNT = 60,
    FRAME_COUNT = 200000, // a round's, whatever the depth
    CALL_DEPTH = 25,      // of a Fibonacci recursion
    SPLIT_DEPTH_COUNT = 100,
    SPLIT_CALL_COUNT = 2000,
    PARKED_COUNT = 100000,
    SPAWN_COUNT = 1000000,
};

static void report(const char *operation, double value, const char *unit)
{
    struct peer_report arg = {operation, value, unit};
#ifdef GROWTH_THREAD
    peer_report_print(&arg);
#else
    coroutine_on_system_stack(peer_report_print, &arg);
#endif
}

// A frame of 128 bytes: 13 words, a saved register, the return address. Two copies, because it
// matters whether a function's own check has ever failed (docs/runtime.md, "Stacks").
#define DESCENT(name)                                                                              \
    NOINLINE static uint64_t name(uint64_t depth)                                                  \
    {                                                                                              \
        uint64_t words[13];                                                                        \
        __asm__ volatile("" : : "r"(words) : "memory");                                            \
        words[12] = depth;                                                                         \
        if (depth > 1) {                                                                           \
            words[0] = name(depth - 1);                                                            \
            __asm__ volatile("" : : "r"(words) : "memory");                                        \
        }                                                                                          \
        return words[12];                                                                          \
    }
DESCENT(descend)
DESCENT(descend_roomy)

NOINLINE static uint64_t fibonacci(uint64_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void time_grown(const char *operation, uint64_t (*descent)(uint64_t), uint64_t depth)
{
    double least_ns = 1e9;
    const uint64_t descent_count = FRAME_COUNT / depth;
    descend(depth);
    for (int round = 0; round < GROWN_ROUND_COUNT; round++) {
        const uint64_t start_ns = peer_now_ns();
        for (uint64_t i = 0; i < descent_count; i++) {
            descent(depth);
        }
        const double ns = (double)(peer_now_ns() - start_ns) / (double)(descent_count * depth);
        least_ns = ns < least_ns ? ns : least_ns;
    }
    report(operation, least_ns, "ns");
}

static void time_calls(void)
{
    double least_ns = 1e9;
    // fibonacci(n) calls itself 2 fibonacci(n + 1) - 1 times.
    const uint64_t call_count = 2 * fibonacci(CALL_DEPTH + 1) - 1;
    for (int round = 0; round < ROUND_COUNT; round++) {
        const uint64_t start_ns = peer_now_ns();
        const uint64_t result = fibonacci(CALL_DEPTH);
        __asm__ volatile("" : : "r"(result));
        const double ns = (double)(peer_now_ns() - start_ns) / (double)call_count;
        least_ns = ns < least_ns ? ns : least_ns;
    }
    report("call", least_ns, "ns");
}

static double split_ns[SPLIT_DEPTH_COUNT];

NOINLINE static void leaf(uint64_t value)
{
    uint64_t words[24];
    __asm__ volatile("" : : "r"(words), "r"(value) : "memory");
}

// Steps of 64 bytes.
NOINLINE static void split_at(uint64_t depth)
{
    uint64_t words[3] = {depth};
    __asm__ volatile("" : : "r"(words) : "memory");
    leaf(0); // first use is no hot split
    const uint64_t start_ns = peer_now_ns();
    for (uint64_t i = 0; i < SPLIT_CALL_COUNT; i++) {
        leaf(i);
    }
    const double ns = (double)(peer_now_ns() - start_ns) / SPLIT_CALL_COUNT;
    if (split_ns[depth] == 0 || ns < split_ns[depth]) {
        split_ns[depth] = ns;
    }
    if (depth + 1 < SPLIT_DEPTH_COUNT) {
        split_at(depth + 1);
    }
    __asm__ volatile("" : : "r"(words) : "memory");
}

static void time_splits(void)
{
    for (int round = 0; round < 2 * ROUND_COUNT; round++) {
        split_at(0);
    }
    double least_ns = split_ns[0];
    double most_ns = split_ns[0];
    for (int i = 1; i < SPLIT_DEPTH_COUNT; i++) {
        least_ns = split_ns[i] < least_ns ? split_ns[i] : least_ns;
        most_ns = split_ns[i] > most_ns ? split_ns[i] : most_ns;
    }
    report("split_hot", most_ns, "ns");
    report("split_ratio", most_ns / least_ns, "x");
}

#ifdef GROWTH_THREAD
static void *run(void *arg)
{
    time_grown("grown_1000", descend, 1000);
    time_grown("grown_10000", descend, 10000);
    time_grown("roomy_1000", descend_roomy, 1000);
    time_calls();
    time_splits();
    return arg;
}

int main(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, run, NULL) || pthread_join(thread, NULL);
}
#else

static uint64_t first_use_depth;

static void descend_once(void *arg)
{
    (void)arg;
    descend(first_use_depth);
}

static void time_first_use(const char *operation, uint64_t depth)
{
    double least_ns = 1e9;
    const uint64_t descent_count = FRAME_COUNT / depth;
    first_use_depth = depth;
    for (int round = 0; round < ROUND_COUNT; round++) {
        const uint64_t start_ns = peer_now_ns();
        for (uint64_t i = 0; i < descent_count; i++) {
            coroutine_spawn(descend_once, NULL);
            coroutine_yield();
        }
        const double ns = (double)(peer_now_ns() - start_ns) / (double)(descent_count * depth);
        least_ns = ns < least_ns ? ns : least_ns;
    }
    report(operation, least_ns, "ns");
}

static void read_resident_bytes(void *arg)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    if (!file || fscanf(file, "%*u %lu", &pages) != 1) {
        perror("/proc/self/statm");
        exit(2);
    }
    fclose(file);
    *(double *)arg = (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double resident_bytes(void)
{
    double bytes;
    coroutine_on_system_stack(read_resident_bytes, &bytes);
    return bytes;
}

static void wait_for_close(void *arg)
{
    channel_receive(arg, NULL);
}

static void weigh_parked(void)
{
    const double before_bytes = resident_bytes();
    struct channel *gate = channel_new(0, 0);
    for (int i = 0; i < PARKED_COUNT; i++) {
        coroutine_spawn(wait_for_close, gate);
    }
    coroutine_yield();
    report("parked", (resident_bytes() - before_bytes) / PARKED_COUNT, "B");
    channel_close(gate);
    coroutine_yield();
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void weigh_spawns(void)
{
    coroutine_spawn(do_nothing, NULL);
    coroutine_yield();
    const double before_bytes = resident_bytes();
    for (int i = 0; i < SPAWN_COUNT; i++) {
        coroutine_spawn(do_nothing, NULL);
        coroutine_yield();
    }
    report("spawn_1e6", resident_bytes() - before_bytes, "B");
}

static void run(void *arg)
{
    (void)arg;
    weigh_spawns();
    weigh_parked();
    time_first_use("first_use_100", 100);
    time_first_use("first_use_1000", 1000);
    time_first_use("first_use_10000", 10000);
    time_grown("grown_1000", descend, 1000);
    time_grown("grown_10000", descend, 10000);
    time_grown("roomy_1000", descend_roomy, 1000);
    time_calls();
    time_splits();
}

int main(void)
{
    const struct runtime_config config = {.procs = 1, .stack_strategy = GROWTH_STRATEGY};
    return runtime_run(&config, run, NULL) ? 1 : 0;
}
#endif
