// Many coroutines that do nothing but wait: what each of them holds, and what it takes to start,
// wake and end them.
#include "harness/workload.h"

// One worker runs them all.
static uint64_t ended_count;

static void wait_at(void *gate)
{
    channel_receive(gate, NULL);
    ended_count++;
}

WORKLOAD(parked, .question = "What do many waiting coroutines cost?",
         .operation = "spawn as many, let all wait, wake and end them", .unit = "coroutines",
         .parameters = {1000, 100000}, .default_parameter = 1000, .stack_bytes_min = 2048,
         .by_strategy = true, .smoke_parameter_max = 1000)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        struct channel *const gate = channel_new(0, 0);
        ended_count = 0;
        NOTE_MEMORY(0);
        for (uint64_t i = 0; i < run->parameter; i++) {
            coroutine_spawn(wait_at, gate);
        }
        coroutine_yield();
        NOTE_MEMORY(run->parameter);
        channel_close(gate);
        while (ended_count < run->parameter) {
            coroutine_yield();
        }
        checksum += ended_count * (run->seed + op);
    }
    return checksum;
}
