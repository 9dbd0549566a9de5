// Which core measures and which one the orchestrator stays on.
#ifndef HARNESS_AFFINITY_H
#define HARNESS_AFFINITY_H

#include <stdbool.h>

// Remembers the cores this process may use, for affinity_restore() and the questions below. Call
// once, before any pinning.
void affinity_init(void);

// The allowed core with the most idle time over about a fifth of a second (the highest number
// among equals, because interrupts like core 0). Any allowed core when /proc/stat says nothing.
int affinity_quietest(void);

// True when this process may run on the core.
bool affinity_allows(int cpu);

// Keeps this process off `cpu`, when another core is allowed.
void affinity_avoid(int cpu);

// Pins this process to `cpu`: for costs that are to be measured where the workloads run. Returns 0
// or -errno.
int affinity_pin(int cpu);

// All the cores of affinity_init() again. Safe after fork().
void affinity_restore(void);

#endif
