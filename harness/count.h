// Runs a fixed number of operations of one side of a pair with callgrind's instrumentation around
// them: what `escapement run --counters simulated` starts under valgrind.
//
// Nothing is timed and nothing depends on the clock: the same build with the same seed executes the
// same instructions. Outside valgrind it runs too, and counts nothing.
#ifndef HARNESS_COUNT_H
#define HARNESS_COUNT_H

#include "harness/measure.h"

#include <stdbool.h>
#include <stdint.h>

struct count_options {
    uint64_t op_count;      // to count; one period of the collector instead where it runs
    uint64_t warm_up_bytes; // allocated before counting, to warm a cache of this size
    bool side_b;
    uint64_t seed;
    uint64_t parameter;
};

struct count_result {
    double op_count;   // operations that were counted
    double gc_count;   // collections among them
    bool instrumented; // false outside valgrind, or when built without its headers
    char error[128];   // empty, or why nothing was counted
};

// Runs under a runtime of its own, as measure_run() does.
void count_run(const struct measure_pair *pair, const struct count_options *options,
               struct count_result *result);

#endif
