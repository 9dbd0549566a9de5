#ifndef _GNU_SOURCE
#define _GNU_SOURCE // strerrorname_np
#endif
#include "harness/counter_advice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char paranoid_path[] = "/proc/sys/kernel/perf_event_paranoid";

// The kernel's level of distrust, or -9 when it says none.
static int paranoid_level(void)
{
    int level = -9;
    FILE *const file = fopen(paranoid_path, "re");
    char text[16];
    if (file) {
        if (fgets(text, sizeof text, file)) {
            level = (int)strtol(text, NULL, 10);
        }
        fclose(file);
    }
    return level;
}

void counter_advice_write(int error_number, char advice[COUNTER_ADVICE_BYTES])
{
    switch (error_number) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no hardware counters here (%s: this machine, or its hypervisor, offers no PMU)",
                 error_number == ENOENT   ? "ENOENT"
                 : error_number == ENODEV ? "ENODEV"
                                          : "EOPNOTSUPP");
        break;
    case EACCES:
    case EPERM:
        snprintf(
            advice, COUNTER_ADVICE_BYTES,
            "no right to hardware counters (%s, %s is %d: as root set it to 2 or less, or give "
            "CAP_PERFMON)",
            error_number == EACCES ? "EACCES" : "EPERM", "perf_event_paranoid", paranoid_level());
        break;
    case ENOSYS:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no counters in this kernel or container (ENOSYS: perf_event_open is missing or "
                 "filtered)");
        break;
    case ENOSPC:
    case EBUSY:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no hardware counter is free (%s: end other profilers, or the NMI watchdog)",
                 error_number == ENOSPC ? "ENOSPC" : "EBUSY");
        break;
    case EMFILE:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no file descriptors for hardware counters (EMFILE: raise ulimit -n)");
        break;
    case ENODATA:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no hardware counters that count (ENODATA: they open and stay 0; a broken virtual "
                 "PMU, or another user of it)");
        break;
    default:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no hardware counters here (%s, perf_event_open: %s)",
                 strerrorname_np(error_number), strerror(error_number));
    }
}
