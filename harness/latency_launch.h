// One launch of the worker in its latency mode.
#ifndef HARNESS_LATENCY_LAUNCH_H
#define HARNESS_LATENCY_LAUNCH_H

#include "harness/latency_side.h"
#include "harness/launch.h"
#include "harness/worker.h"

#include <stddef.h>
#include <stdint.h>

struct latency_call {
    const char *worker_path;
    const char *pair_name;
    int cpu;
    int offset;
    uint64_t seed;
    double seconds; // measured
    size_t stack_pad_bytes;
    size_t environment_bytes;
    double timeout_seconds;
};

struct latency_answer {
    char message[SAMPLE_ERROR_BYTES]; // why not WORKER_OK
    char errors[LAUNCH_STDERR_BYTES]; // the end of the worker's stderr
};

// Measures, and adds to both sides and the timer; these are untouched unless it is WORKER_OK.
enum worker_outcome latency_launch(const struct latency_call *call, struct latency_side sides[2],
                                   struct latency_side *timer, struct latency_answer *answer);

#endif
