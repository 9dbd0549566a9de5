// Conditions of the moment: who else is using the machine.
#ifndef HARNESS_PROBE_ACTIVITY_H
#define HARNESS_PROBE_ACTIVITY_H

#include "harness/condition.h"

// Appends quiet cores, steal and load. Watches /proc/stat for a sixth of a
// second, without using a core itself. Where its ticks stand still, the counts since boot are given
// and called so.
void probe_activity(struct condition_list *list);

#endif
