// Hardware counters for build/*/worker_counting, a worker for tests on machines that have none:
// linked in place of harness/counter_linux.c. What an event counts is its rate times the objects
// that the collected heap has given out, so that the truth is in the same results: `b_allocs`.
//
// Three events fit in a group; the second group counts for half of the time; one event is missing;
// counters have 48 bits and wrap at once; each reading adds to every event. Software events are the
// missing ones.
#include "harness/counter_source.h"
#include "runtime/runtime.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

enum { WIDTH_BITS = 48, GROUP_MAX = 3, READING_COUNT = 70 };

static const uint64_t rates[COUNTER_HARDWARE_COUNT] = {
    [COUNTER_CYCLES] = 2000,     [COUNTER_INSTRUCTIONS] = 1000, [COUNTER_L1D_MISSES] = 4,
    [COUNTER_LL_MISSES] = 2,     [COUNTER_DTLB_MISSES] = 0, // there is none
    [COUNTER_BRANCH_MISSES] = 6,
};

static int leaders[COUNTER_HARDWARE_COUNT];
static size_t member_counts[COUNTER_HARDWARE_COUNT];
static uint64_t reading_count;

static int fake_open(enum counter_event event, int leader)
{
    if (event >= COUNTER_HARDWARE_COUNT || rates[event] == 0) {
        return -ENOENT;
    }
    leaders[event] = leader < 0 ? (int)event : leader;
    if (leader >= 0 && member_counts[leader] >= GROUP_MAX) {
        return -EINVAL;
    }
    member_counts[leaders[event]]++;
    return (int)event;
}

static void fake_start(int leader)
{
    (void)leader;
}

static int fake_read(const int *handles, size_t handle_count, struct counter_value *values)
{
    struct runtime_stats stats;
    struct timespec now;
    runtime_stats_read(&stats);
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    const bool takes_turns = handles[0] != COUNTER_CYCLES;
    reading_count++;
    for (size_t i = 0; i < handle_count; i++) {
        const uint64_t all =
            rates[handles[i]] * stats.heap_alloc_count + READING_COUNT * reading_count;
        const uint64_t count = ((uint64_t)1 << WIDTH_BITS) - 10 + (takes_turns ? all / 2 : all);
        values[i] = (struct counter_value){.count = count % ((uint64_t)1 << WIDTH_BITS),
                                           .enabled_ns = now_ns,
                                           .running_ns = takes_turns ? now_ns / 2 : now_ns};
    }
    return 0;
}

static void fake_close(int handle)
{
    member_counts[leaders[handle]]--;
}

const struct counter_source *counter_source_system(void)
{
    static const struct counter_source fake = {.width_bits = WIDTH_BITS,
                                               .open = fake_open,
                                               .start = fake_start,
                                               .read = fake_read,
                                               .close = fake_close};
    return &fake;
}
