// The time of one core as /proc/stat counts it, in ticks of 10 ms.
#ifndef HARNESS_CORE_TICKS_H
#define HARNESS_CORE_TICKS_H

#include <stdbool.h>

struct core_ticks {
    unsigned long long all, idle, stolen;
};

// False, and zeros, where /proc/stat has no such core.
bool core_ticks_read(struct core_ticks *ticks, int cpu);

#endif
