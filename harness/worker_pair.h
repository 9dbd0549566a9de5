// A pair by its name, for the modes of the worker that take one: short_lived/64/stack:gc, or
// closure/stack:gc for a workload without parameter.
#ifndef HARNESS_WORKER_PAIR_H
#define HARNESS_WORKER_PAIR_H

#include "harness/measure.h"

#include <stdint.h>

struct worker_pair {
    struct measure_pair pair;
    uint64_t parameter; // 0: the workload has none
};

// Dies, naming the option, when this worker has no such pair.
void worker_pair_find(struct worker_pair *found, const char *option, const char *name,
                      unsigned offset_bytes);

#endif
