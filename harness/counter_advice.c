#define _GNU_SOURCE // syscall
#include "harness/counter_perf.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

void counter_perf_advise(int error_number, char advice[COUNTER_ADVICE_BYTES])
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
                 "the hardware counters are taken (%s: end other profilers, or the NMI watchdog)",
                 error_number == ENOSPC ? "ENOSPC" : "EBUSY");
        break;
    case EMFILE:
        snprintf(advice, COUNTER_ADVICE_BYTES,
                 "no file descriptors for hardware counters (EMFILE: raise ulimit -n)");
        break;
    default:
        snprintf(advice, COUNTER_ADVICE_BYTES, "no hardware counters here (perf_event_open: %s)",
                 strerror(error_number));
    }
}

bool counter_perf_has_hardware(char advice[COUNTER_ADVICE_BYTES])
{
    struct perf_event_attr event = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof event,
        .config = PERF_COUNT_HW_CPU_CYCLES,
        .disabled = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    const long descriptor = syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0) {
        counter_perf_advise(errno, advice);
        return false;
    }
    close((int)descriptor);
    return true;
}
