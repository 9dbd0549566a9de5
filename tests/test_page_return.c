// Memory that goes back to the system after a spike: that it does, also when the program does
// nothing more, and how much of it stays.
//
// These wait as long as it takes: a heap that never gives anything back fails by the runner's
// limit.
#include "tests/heap_support.h"

#include <string.h>
#include <unistd.h>

enum { SPIKE_COUNT = 1600, SPIKE_OBJECT_BYTES = 100 * KIB, SPIKE_BYTES = 156 * MIB };

static struct node *list;
static void *spike[SPIKE_COUNT];

static void begin(void)
{
    list = NULL;
    memset(spike, 0, sizeof spike);
    heap_root_add(&list, sizeof list);
    heap_root_add(spike, sizeof spike);
}

NOINLINE static void make_list(uint64_t size_bytes)
{
    for (uint64_t i = 0; i < size_bytes / sizeof(struct node); i++) {
        struct node *const node = heap_new(&NODE);
        node->value = i;
        heap_store(&node->next, list);
        heap_store(&list, node);
    }
}

NOINLINE static void check_list(uint64_t size_bytes)
{
    uint64_t left_count = size_bytes / sizeof(struct node);
    for (const struct node *node = list; node; node = node->next) {
        CHECK(left_count > 0 && node->value == left_count - 1);
        left_count--;
    }
    CHECK_EQUAL(left_count, 0);
}

NOINLINE static void make_spike(void)
{
    for (int i = 0; i < SPIKE_COUNT; i++) {
        spike[i] = heap_new_bytes(SPIKE_OBJECT_BYTES);
    }
    CHECK(stats_now().heap_mapped_bytes >= SPIKE_BYTES);
    memset(spike, 0, sizeof spike);
}

static void wait_for_mapped(uint64_t most_bytes)
{
    while (stats_now().heap_mapped_bytes > most_bytes) {
        coroutine_yield();
    }
}

static void nap(void *unused)
{
    (void)unused;
    usleep(300 * 1000);
}

// The goal is twice what lives. What is kept is a tenth more, and of what is beyond, 16 MiB: a
// quarter of those may go with the last part.
static void keep_near_goal(void *arg)
{
    (void)arg;
    enum { LIVE_BYTES = 32 * MIB, KEPT_BYTES = 2 * LIVE_BYTES / 10 * 11, BEYOND_BYTES = 16 * MIB };
    begin();
    make_list(LIVE_BYTES);
    for (int round = 0; round < 2; round++) {
        make_spike();
        CHECK(live_is_about(LIVE_BYTES, SPIKE_OBJECT_BYTES));
        wait_for_mapped(KEPT_BYTES + BEYOND_BYTES + 4 * MIB);
        // Who would give back more, or stop doing so for ever, has the time for it.
        coroutine_on_system_stack(nap, NULL);
        CHECK(stats_now().heap_mapped_bytes >= KEPT_BYTES + BEYOND_BYTES * 3 / 4 - MIB);
        check_list(LIVE_BYTES);
    }
    list = NULL;
}

TEST(what_goes_back_after_each_spike_leaves_the_goal_and_more)
{
    run_with((struct runtime_config){.procs = 1}, keep_near_goal);
    run(keep_near_goal);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, keep_near_goal);
}

// The last collection was one that the heap's growth asked for: nobody has swept the heap when the
// program falls silent.
static void fall_silent(void *arg)
{
    (void)arg;
    begin();
    make_spike();
    while (stats_now().heap_live_bytes > MIB || stats_now().gc_count == 0) {
        heap_new_bytes(1000);
    }
    wait_for_mapped(32 * MIB);
    make_list(MIB);
    check_list(MIB);
    list = NULL;
}

TEST(memory_goes_back_when_the_program_is_silent)
{
    run_with((struct runtime_config){.procs = 1}, fall_silent);
    run(fall_silent);
}
