// Examines the machine for what disturbs measurements.
#ifndef HARNESS_DOCTOR_H
#define HARNESS_DOCTOR_H

#include "harness/condition.h"

// Fills the list with every condition, as it is for a measurement on core `cpu`. Takes about a
// third of a second, most of it waiting. affinity_init() must have been called; this process has
// the affinity from before that call when it returns.
void doctor_examine(struct condition_list *list, int cpu);

#endif
