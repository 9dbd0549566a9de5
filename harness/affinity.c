#ifndef _GNU_SOURCE
#define _GNU_SOURCE // sched_setaffinity
#endif
#include "harness/affinity.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Long enough for 20 ticks of /proc/stat, short enough not to be noticed before a run.
enum { WATCH_US = 200 * 1000 };

static cpu_set_t allowed; // one process has one affinity: file scope is its true place

void affinity_init(void)
{
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        // More cores than a cpu_set_t holds, or no such call: pinning is then not possible.
        CPU_ZERO(&allowed);
        CPU_SET(0, &allowed);
    }
}

// The idle ticks of every core, 0 where /proc/stat has none.
static void read_idle(unsigned long long idle[CPU_SETSIZE])
{
    memset(idle, 0, CPU_SETSIZE * sizeof *idle);
    FILE *const file = fopen("/proc/stat", "re");
    char line[512];
    while (file && fgets(line, sizeof line, file)) {
        // "cpuN user nice system idle ..."; the line of their sum has no N.
        char *rest = NULL;
        if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9') {
            continue;
        }
        const unsigned long cpu = strtoul(line + 3, &rest, 10);
        unsigned long long ticks = 0;
        for (int field = 0; field < 4; field++) {
            ticks = strtoull(rest, &rest, 10);
        }
        if (cpu < CPU_SETSIZE) {
            idle[cpu] = ticks;
        }
    }
    if (file) {
        fclose(file);
    }
}

int affinity_quietest(void)
{
    static unsigned long long before[CPU_SETSIZE], after[CPU_SETSIZE];
    read_idle(before);
    usleep(WATCH_US);
    read_idle(after);
    int quietest = -1;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) &&
            (quietest < 0 || after[cpu] - before[cpu] >= after[quietest] - before[quietest])) {
            quietest = cpu;
        }
    }
    return quietest < 0 ? 0 : quietest;
}

bool affinity_allows(int cpu)
{
    return cpu >= 0 && cpu < CPU_SETSIZE && CPU_ISSET(cpu, &allowed);
}

void affinity_avoid(int cpu)
{
    cpu_set_t others = allowed;
    CPU_CLR(cpu, &others);
    if (CPU_COUNT(&others) > 0) {
        sched_setaffinity(0, sizeof others, &others);
    }
}

int affinity_pin(int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0 ? 0 : -errno;
}

void affinity_restore(void)
{
    sched_setaffinity(0, sizeof allowed, &allowed);
}
