// One side of a pair while it is measured: its builds, its slices so far, and the checks of what it
// does. For measure.c and measure_strategies.c, which say when which side runs.
//
// All but explain and summarize run on the measuring coroutine, inside what the build prepared.
#ifndef HARNESS_MEASURED_SIDE_H
#define HARNESS_MEASURED_SIDE_H

#include "base/rng.h"
#include "harness/measure.h"
#include "harness/placement.h"
#include "harness/workload_build.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct measured_side {
    const struct workload_build *build;
    const struct workload_build *noted;
    const struct measure_options *options;
    struct rng *rng;
    uint64_t slice_op_count;
    float *slice_ns; // per operation, without the collector; written by whoever takes slices
    size_t slice_count;
    uint64_t op_count;
    double wall_ns;
    double cpu_ns;
    double collector_ns;
    uint64_t gc_count;
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t pause_max_ns;
    struct placement_notes notes; // of the last check
    uint64_t noted_checksum;
    uint64_t checksum;
    uint64_t sink; // checksums of timed slices end here
    void *held;    // by the build's prepare()
};

// Finds how many operations fill a slice and brings the side to its steady state, for at least an
// eighth of the time that it will be measured for. Nothing of it is kept.
void measured_side_warm_up(struct measured_side *side, double measured_seconds);

// One slice: returns its wall time without the collector's, in ns per operation.
double measured_side_slice(struct measured_side *side);

// Runs a few operations of the noted and the timed build. False when an object is misplaced or the
// two disagree; `checksum` is then to be compared with the other side's.
bool measured_side_check(struct measured_side *side, uint64_t seed);

// Why measured_side_check() said no; false when it did not.
bool measured_side_explain(const struct measured_side *side, char *error, size_t error_bytes);

// What the slices come to; reorders them.
void measured_side_summarize(const struct measured_side *side, struct measure_side *result);

#endif
