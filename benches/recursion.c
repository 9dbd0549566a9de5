// Recursion on small stacks: each level keeps a buffer in its frame, or on the heap. On a coroutine
// of its own the stack begins at its first size each time and grows on the way down
// (recursion_first); on one that was that deep before it has grown already (recursion_grown).
#include "harness/workload.h"

// With what a frame holds besides, frames of about 128 bytes and of 1 KiB.
enum { SMALL_BYTES = 96, LARGE_BYTES = 992 };

#define RECURSE(name, size_bytes)                                                                  \
    static NOINLINE uint64_t name(uint64_t depth, uint64_t seed)                                   \
    {                                                                                              \
        SLOT_BYTES(slot, size_bytes);                                                              \
        uint64_t *buffer = OBTAIN_BYTES(slot, size_bytes);                                         \
        *buffer = seed + depth;                                                                    \
        const uint64_t below = depth > 1 ? name(depth - 1, seed) : 0;                              \
        const uint64_t sum = below * 3 + *OPAQUE(buffer);                                          \
        DROP(buffer);                                                                              \
        return sum;                                                                                \
    }

RECURSE(recurse_small, SMALL_BYTES)
RECURSE(recurse_large, LARGE_BYTES)

static uint64_t grown(const struct workload_run *run, uint64_t (*recurse)(uint64_t, uint64_t))
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        checksum += recurse(run->parameter, run->seed + op);
    }
    return checksum;
}

// One worker runs them all.
static struct {
    uint64_t (*recurse)(uint64_t depth, uint64_t seed);
    uint64_t depth;
    uint64_t sum;
    uint64_t ended_count;
} task;

static void run_task(void *arg)
{
    task.sum += task.recurse(task.depth, (uintptr_t)arg);
    task.ended_count++;
}

static uint64_t first(const struct workload_run *run, uint64_t (*recurse)(uint64_t, uint64_t))
{
    task.recurse = recurse;
    task.depth = run->parameter;
    task.sum = task.ended_count = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        coroutine_spawn(run_task, (void *)(uintptr_t)(run->seed + op));
        do {
            coroutine_yield();
        } while (task.ended_count <= op);
    }
    return task.sum;
}

#define DEPTHS                                                                                     \
    .unit = "depth", .default_parameter = 1000, .stack_bytes_min = 2048, .by_strategy = true

WORKLOAD(recursion_first,
         .question = "What does depth cost a stack that has to grow, frames of 128 B?",
         .operation = "spawn a coroutine that recurses, and ends",
         .parameters = {10, 100, 1000, 10000}, DEPTHS)
{
    return first(run, recurse_small);
}

WORKLOAD(recursion_first_1k,
         .question = "What does depth cost a stack that has to grow, frames of 1 KiB?",
         .operation = "spawn a coroutine that recurses, and ends", .parameters = {10, 100, 1000},
         .default_pairs = WORKLOAD_DEFAULT_NONE, DEPTHS)
{
    return first(run, recurse_large);
}

WORKLOAD(recursion_grown,
         .question = "What does depth cost a stack that has grown before, frames of 128 B?",
         .operation = "recurse and return", .parameters = {10, 100, 1000, 10000},
         .strategy_control_parameter = 100, DEPTHS)
{
    return grown(run, recurse_small);
}

WORKLOAD(recursion_grown_1k,
         .question = "What does depth cost a stack that has grown before, frames of 1 KiB?",
         .operation = "recurse and return", .parameters = {10, 100, 1000},
         .default_pairs = WORKLOAD_DEFAULT_NONE, DEPTHS)
{
    return grown(run, recurse_large);
}
