// The worker's latency mode: one pair, once, as JSON on stdout (docs/formats.md). Google
// Benchmark's output has one number a counter and no place for a distribution.
#ifndef HARNESS_WORKER_LATENCY_H
#define HARNESS_WORKER_LATENCY_H

#include "harness/measure.h"

#include <stdint.h>

struct worker_latency_options {
    const char *pair;      // WORKLOAD/PARAMETER/A:B; NULL: no latency mode
    uint64_t op_count_max; // 0: not given
    double seconds_max;    // 0: no limit
    unsigned offset_bytes;
};

// Measures and prints. Dies when the pair is not one of this worker's; returns the program's exit
// status: 0, or 1 when the pair failed its checks, with the reason on stderr and nothing on stdout.
int worker_latency_run(const struct worker_latency_options *options,
                       const struct measure_options *measure);

#endif
