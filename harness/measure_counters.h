// The counting of a pair: slices of their own, after the timed ones, with the counters read around
// each. A timed slice is never counted: reading counters by system call takes microseconds, and
// leaves its traces in the caches.
//
// Slices have as many operations as the timed ones and alternate in the same quads, so both sides
// meet the same turns of the counters.
#ifndef HARNESS_MEASURE_COUNTERS_H
#define HARNESS_MEASURE_COUNTERS_H

#include "base/rng.h"
#include "harness/counter_set.h"
#include "harness/workload_build.h"

#include <stdbool.h>
#include <stdint.h>

// Per operation; NAN where an event was not counted.
struct measure_counters_side {
    double per_op[COUNTER_EVENT_COUNT];
    double active_share[COUNTER_EVENT_COUNT];
};

struct measure_counters {
    const struct counter_source *source;
    bool hardware;  // not only software events
    double seconds; // of counted slices, both sides; at least a quad is counted
    struct measure_counters_side sides[2];
    uint64_t sink; // checksums end here
};

// What is counted: a build, the operations of a slice, and what the build's prepare() made.
struct measure_counters_build {
    const struct workload_build *build;
    uint64_t slice_op_count;
    void *held;
};

// Fills counters->sides. Call it on the coroutine, after warm-up; it opens the counters and closes
// them.
void measure_counters_run(struct measure_counters *counters,
                          const struct measure_counters_build builds[2], uint64_t parameter,
                          struct rng *rng);

#endif
