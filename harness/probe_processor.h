// Conditions of the processor: what changes its clock, and who shares the core.
#ifndef HARNESS_PROBE_PROCESSOR_H
#define HARNESS_PROBE_PROCESSOR_H

#include "harness/condition.h"

// Appends governor, turbo, SMT siblings, isolated cores, cores, virtualisation, throttling and
// power as they are for core `cpu`. affinity_init() must have been called.
void probe_processor(struct condition_list *list, int cpu);

#endif
