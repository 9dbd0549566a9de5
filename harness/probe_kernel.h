// Conditions that the kernel sets: address layout, pages, memory, limits.
#ifndef HARNESS_PROBE_KERNEL_H
#define HARNESS_PROBE_KERNEL_H

#include "harness/condition.h"

// Appends ASLR, transparent huge pages, swap, memory and the cgroup's CPU quota.
void probe_kernel(struct condition_list *list);

#endif
