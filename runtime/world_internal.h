// What world.c and world_ask.c share.
#ifndef RUNTIME_WORLD_INTERNAL_H
#define RUNTIME_WORLD_INTERNAL_H

#include "runtime/lock.h"
#include "runtime/world.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct world_state {
    struct lock lock;
    _Atomic(bool) stopping;           // or stopped
    _Atomic(bool) stopper_sleeps;     // on active_count
    _Atomic(uint32_t) active_count;   // futex: procs not at a safepoint, the stopper left out
    _Atomic(uint32_t) start_count;    // futex: changes when the world starts again
    _Atomic(uint32_t) sleeping_count; // who sleep until then
    uint32_t waiting_count;           // who wait for that
    bool interrupts;                  // may stop threads now
    _Atomic(uint32_t) resuming_count; // futex: who waited for the last one and have not gone on
    uint32_t resting_count;           // stoppers that wait for others to run
    struct world_times times;         // of the last stop
    uint64_t started_ns;              // after it
    uint64_t rest_ns;                 // how long others run after it, from when all have gone on,
    uint64_t rest_end_ns;             // until then
};

extern struct world_state world;

// Wakes who sleeps on start_count, which has changed.
void world_wake_sleepers(void);

// Returns when active_count is zero, world.times.stopped_ns set. The lock is not held; only who
// stops the world calls this.
void world_ask_until_stopped(void);

#endif
