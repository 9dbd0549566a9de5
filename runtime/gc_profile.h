// Latencies of the collector since the last runtime_run() began.
#ifndef RUNTIME_GC_PROFILE_H
#define RUNTIME_GC_PROFILE_H

#include <stdint.h>

// Percentiles are upper bounds, an eighth too high at most.
struct runtime_latency {
    uint64_t count;
    uint64_t total_ns;
    uint64_t p50_ns;
    uint64_t p99_ns;
    uint64_t p999_ns;
    uint64_t max_ns;
};

struct runtime_gc_profile {
    // The world's stops, from when they are asked for to when it goes on; two a collection or more.
    struct runtime_latency pauses;
    // The part of it until all processors had stopped, and the rest.
    struct runtime_latency stopping;
    struct runtime_latency stopped;
    // After each stop, also those for counters, that made somebody wait: until the last of them was
    // going on.
    struct runtime_latency resuming;
    // Allocations that did not find a free object at hand, with their share of a collection's work.
    // Only with ESCAPEMENT_GCTRACE=2 in the environment: reading the clock costs as much as a short
    // one takes.
    struct runtime_latency allocations;
};

// May be called anywhere, also after runtime_run() has returned.
void runtime_gc_profile_read(struct runtime_gc_profile *profile);

#endif
