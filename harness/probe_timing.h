// Conditions of measuring time: the clock, and what the machine charges for faults and calls.
#ifndef HARNESS_PROBE_TIMING_H
#define HARNESS_PROBE_TIMING_H

#include "harness/condition.h"

// Appends clock source, clock resolution, clock reading, clock monotonicity, page fault, system
// call and hardware counters, all but the first measured on core `cpu`. Takes some 60 ms.
void probe_timing(struct condition_list *list, int cpu);

#endif
