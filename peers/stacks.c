// The scheduler's operations on one processor, as peers/stacks.go does them in Go.
//
// Prints a line an operation: its name, nanoseconds, "ns", with tabs between. Each is the least of
// several rounds within the process; scripts/bench_peers.sh interleaves processes.
#define _GNU_SOURCE // CLOCK_MONOTONIC
#include "peers/peer_report.h"
#include "runtime/runtime.h"

#include <stdint.h>

enum { ROUND_COUNT = 5, SWITCH_COUNT = 200000, SPAWN_COUNT = 100000, TRIP_COUNT = 100000 };

// Runs round() ROUND_COUNT times; it does op_count operations.
static void time_rounds(const char *operation, void (*round)(void), double op_count)
{
    struct peer_report report = {operation, 0, "ns"};
    for (int i = 0; i < ROUND_COUNT; i++) {
        const uint64_t start_ns = peer_now_ns();
        round();
        const double ns = (double)(peer_now_ns() - start_ns) / op_count;
        if (i == 0 || ns < report.value) {
            report.value = ns;
        }
    }
    // The report lies on this stack, which does not move while the system stack runs.
    coroutine_on_system_stack(peer_report_print, &report);
}

static void yield_many(void *arg)
{
    struct channel *done = arg;
    for (int i = 0; i < SWITCH_COUNT; i++) {
        coroutine_yield();
    }
    channel_send(done, NULL);
}

static void switch_round(void)
{
    struct channel *done = channel_new(0, 1);
    coroutine_spawn(yield_many, done);
    for (int i = 0; i < SWITCH_COUNT; i++) {
        coroutine_yield();
    }
    channel_receive(done, NULL);
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void spawn_round(void)
{
    for (int i = 0; i < SPAWN_COUNT; i++) {
        coroutine_spawn(do_nothing, NULL);
        coroutine_yield();
    }
}

struct trip {
    struct channel *there, *back;
};
static const uint64_t trip_pointers[] = {3};
static const struct heap_type trip_type = {"trip", sizeof(struct trip), trip_pointers};

static void answer(void *arg)
{
    struct trip *trip = arg;
    uint64_t value;
    while (channel_receive(trip->there, &value)) {
        channel_send(trip->back, &value);
    }
}

static void trip_round(void)
{
    struct trip *trip = heap_new(&trip_type);
    heap_store(&trip->there, channel_new(sizeof(uint64_t), 0));
    heap_store(&trip->back, channel_new(sizeof(uint64_t), 0));
    coroutine_spawn(answer, trip);
    for (uint64_t i = 0; i < TRIP_COUNT; i++) {
        uint64_t value = i;
        channel_send(trip->there, &value);
        channel_receive(trip->back, &value);
    }
    channel_close(trip->there);
}

static void run(void *arg)
{
    (void)arg;
    time_rounds("switch", switch_round, 2.0 * SWITCH_COUNT);
    time_rounds("spawn_exit", spawn_round, SPAWN_COUNT);
    time_rounds("channel_round_trip", trip_round, TRIP_COUNT);
}

int main(void)
{
    const struct runtime_config config = {.procs = 1};
    return runtime_run(&config, run, NULL) ? 1 : 0;
}
