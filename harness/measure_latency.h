// The latency pass of a pair: every operation timed on its own, into histograms. Never mixed with
// throughput: an operation timed alone pays for two readings of the clock and cannot overlap with
// its neighbours.
//
// Sides alternate in blocks whose order is drawn for each round, together with a block of an empty
// operation, which is timed in the same way: what it takes is the timer's own share of every
// figure. It is reported beside them and subtracted from none.
#ifndef HARNESS_MEASURE_LATENCY_H
#define HARNESS_MEASURE_LATENCY_H

#include "base/rng.h"
#include "harness/histogram.h"
#include "harness/workload_build.h"

#include <stdint.h>

enum {
    // Of operations: a side's turn. Long enough that the change of sides stays out of the way.
    MEASURE_LATENCY_BLOCK_OPS = 512,
    // That open a block untimed: they bring the side's data back into the caches.
    MEASURE_LATENCY_LEAD_OPS = 8,
    // The empty operation's block is this much shorter.
    MEASURE_LATENCY_TIMER_SHARE = 4,
};

struct measure_latency_side {
    struct histogram all;       // ns, of every timed operation
    struct histogram collected; // of those during which a collection was completed
};

struct measure_latency {
    uint64_t op_count_max; // a side, at most
    double seconds_max;    // both sides; 0: no limit
    struct measure_latency_side sides[2];
    struct measure_latency_side timer; // of the empty operation
    uint64_t sink;                     // checksums end here
};

// What is timed: a build, and what its prepare() made.
struct measure_latency_build {
    const struct workload_build *build;
    void *held;
};

// Times the operations of both builds until a limit is reached; both sides get equally many. Call
// it on the coroutine, after warm-up. The histograms must be empty, and touched (measure_run()
// does not touch them).
void measure_latency_run(struct measure_latency *latency,
                         const struct measure_latency_build builds[2], uint64_t parameter,
                         struct rng *rng);

#endif
