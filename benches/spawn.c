// A coroutine for a small task that needs some memory: in its frame, for which its stack may have
// to grow first, or from the heap.
#include "harness/workload.h"

enum { LINE_BYTES = 64 };

// One worker runs them all. Each adds to the sum and ends.
static uint64_t spawn_sum;
static uint64_t ended_count;

static uint64_t use(char *buffer, uint64_t size_bytes, uint64_t seed)
{
    for (uint64_t i = 0; i < size_bytes; i += LINE_BYTES) {
        buffer[i] = (char)(seed + i / LINE_BYTES);
    }
    const char *bytes = OPAQUE(buffer);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size_bytes; i += LINE_BYTES) {
        sum = sum * 3 + (unsigned char)bytes[i];
    }
    return sum;
}

#define SPAWN(size_bytes)                                                                          \
    static void task_##size_bytes(void *arg)                                                       \
    {                                                                                              \
        SLOT_BYTES(slot, size_bytes);                                                              \
        char *buffer = OBTAIN_BYTES(slot, size_bytes);                                             \
        spawn_sum += use(buffer, size_bytes, (uintptr_t)arg);                                      \
        DROP(buffer);                                                                              \
        ended_count++;                                                                             \
    }

SPAWN(64)
SPAWN(1024)
SPAWN(8192)
SPAWN(65536)

WORKLOAD(spawn, .question = "What does a coroutine cost whose task needs this much memory?",
         .operation = "spawn a coroutine that takes a buffer, touches its lines, and ends",
         .unit = "B", .parameters = {64, 1024, 8192, 65536}, .default_parameter = 8192,
         .stack_bytes_min = 2048, .by_strategy = true)
{
    static void (*const tasks[])(void *) = {task_64, task_1024, task_8192, task_65536};
    const int task = run->parameter == 64     ? 0
                     : run->parameter == 1024 ? 1
                     : run->parameter == 8192 ? 2
                                              : 3;
    spawn_sum = ended_count = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        coroutine_spawn(tasks[task], (void *)(uintptr_t)(run->seed + op));
        do {
            coroutine_yield();
        } while (ended_count <= op);
    }
    return spawn_sum;
}
