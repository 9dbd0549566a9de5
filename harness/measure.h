// Measures one pair: two builds of a workload, in alternating time slices on one coroutine.
//
// Quads of slices, ABBA or BAAB, the orientation drawn for each: drift that is linear over a quad
// cancels, and no period of the machine can stay in step with the schedule. (An A/A study of fixed
// ABBA raised false alarms in up to 62 % of trials; docs/method.md.)
//
// Collections come once in many slices, so a median over slices would hide them. The collector's
// own time is therefore taken out of the slices and added back as its mean per operation, to a
// slice and to a quad alike.
#ifndef HARNESS_MEASURE_H
#define HARNESS_MEASURE_H

#include "harness/sentinel.h"
#include "harness/workload_build.h"
#include "runtime/runtime.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct measure_counters; // harness/measure_counters.h
struct measure_latency;  // harness/measure_latency.h

struct measure_options {
    uint64_t seed;
    uint64_t parameter;
    double measured_seconds;           // both sides together
    double slice_seconds;              // aimed at
    size_t stack_pad_bytes;            // moves the workload's frames
    bool smoke;                        // two quads, one operation a slice
    struct measure_latency *latency;   // filled in place of the result's figures; NULL: throughput
    struct measure_counters *counters; // filled after the timed quads; NULL: nothing is counted
};

struct measure_side {
    double
        wall_ns; // per operation: the median over slices without collector time, plus collector_ns
    double cpu_ns;       // per operation: process CPU time of all slices over all operations
    double collector_ns; // per operation: time of the collector in all slices over all operations
    double alloc_count;  // heap objects per operation
    double alloc_bytes;  // heap bytes per operation
    double gc_count;     // collections during the slices
    double pause_max_ns; // the longest of their pauses; 0 without any
    double op_count;     // operations measured
    double memory_bytes; // resident, of each thing that the workload keeps: see NOTE_MEMORY; 0: no
};

struct measure_result {
    struct measure_side a;
    struct measure_side b;
    double ratio; // b/a: the median over quads of wall time per operation
    double quad_count;
    struct sentinel_result sentinel;
    bool b_first;    // side b was called first in this process
    char error[256]; // empty, or why there is no result: placements disagree, an object is in the
                     // wrong place
};

// The builds that a pair needs: the timed ones of both sides, and their noted ones for the check
// before.
struct measure_pair {
    const struct workload_build *a;
    const struct workload_build *b;
    const struct workload_build *a_noted;
    const struct workload_build *b_noted;
    bool by_strategy; // for measure_strategies_run(): both sides have the same builds
    enum stack_strategy strategies[2];
};

// Runs the pair under a runtime of its own (procs = 1, on the calling thread).
void measure_run(const struct measure_pair *pair, const struct measure_options *options,
                 struct measure_result *result);

#endif
