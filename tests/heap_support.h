// What the tests of the heap and of the collector share: a type, runs of the runtime, and counting
// what is alive although stacks are read conservatively.
#ifndef TESTS_HEAP_SUPPORT_H
#define TESTS_HEAP_SUPPORT_H

#include "runtime/runtime.h"
#include "tests/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))
#define HELPER __attribute__((unused)) // not every file that includes this uses all of it

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    // Objects that stale words of stacks and registers may hold: a test that counts what is alive
    // allows so many to be alive in error.
    STALE_COUNT = 16,
};

struct node {
    struct node *next;
    uint64_t value;
    struct node *other;
    uint64_t hidden; // not in the map
};

static const uint64_t NODE_MAP[] = {0x5};
HELPER static const struct heap_type NODE = {"node", sizeof(struct node), NODE_MAP};

HELPER static void run_with(struct runtime_config config, void (*fn)(void *))
{
    config.stack_bytes_min = 64 * KIB;
    CHECK_EQUAL(runtime_run(&config, fn, NULL), 0);
}

HELPER static void run(void (*fn)(void *))
{
    run_with((struct runtime_config){0}, fn);
}

// How small objects are marked in the next run, see mark_choice.h: one of three ways.
enum { MARKING_COUNT = 3 };
HELPER static void mark_in_way(unsigned way)
{
    static const char *const settings[MARKING_COUNT] = {"chosen", "spans", "objects"};
    setenv("ESCAPEMENT_MARK", settings[way % MARKING_COUNT], 1);
}

HELPER static void each_way_of_marking(void (*fn)(void))
{
    for (unsigned way = MARKING_COUNT; way-- > 0;) {
        mark_in_way(way);
        fn();
    }
}

HELPER static struct runtime_stats stats_now(void)
{
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    return stats;
}

// Overwrites what earlier calls left below the caller's frame.
HELPER NOINLINE static void wipe_stack(void)
{
    volatile char junk[16 * KIB];
    for (size_t i = 0; i < sizeof junk; i++) {
        junk[i] = 0;
    }
}

// The same for the system stack. On the caller's, the call writes the word that wipe_stack() may
// leave out beside its return address, for alignment.
HELPER static void wipe_system_stack(void *unused)
{
    (void)unused;
    wipe_stack();
}

HELPER NOINLINE static uint64_t collect_and_count(void)
{
    heap_collect();
    return stats_now().heap_live_bytes;
}

// Two calls, so that the frame of the collecting one has been wiped too.
HELPER NOINLINE static uint64_t live_bytes(void)
{
    wipe_stack();
    coroutine_on_system_stack(wipe_system_stack, NULL);
    const uint64_t live = collect_and_count();
    __asm__ volatile("");
    return live;
}

// Whether the live bytes are `expected`, give or take stale words that hold objects of
// object_bytes.
HELPER NOINLINE static bool live_is_about(uint64_t expected_bytes, uint64_t object_bytes)
{
    const uint64_t live = live_bytes();
    return live >= expected_bytes && live <= expected_bytes + STALE_COUNT * object_bytes;
}

HELPER static bool all_bytes_are(const void *memory, int byte, size_t size_bytes)
{
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < size_bytes; i++) {
        if (bytes[i] != byte) {
            return false;
        }
    }
    return true;
}

#endif
