#ifndef _GNU_SOURCE
#define _GNU_SOURCE // syscall
#endif
#include "harness/probe_timing.h"

#include "harness/affinity.h"
#include "harness/machine_cost.h"
#include "harness/system_file.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void probe_clock_source(struct condition_list *list)
{
    static const char folder[] = "/sys/devices/system/clocksource/clocksource0/";
    char path[128], source[SYSTEM_FILE_BYTES], available[SYSTEM_FILE_BYTES];
    snprintf(path, sizeof path, "%scurrent_clocksource", folder);
    system_file_text(path, source);
    snprintf(path, sizeof path, "%savailable_clocksource", folder);
    system_file_text(path, available);
    // Read in user space; every other source is a system call or slow hardware.
    static const char *const fast[] = {"tsc", "kvm-clock", "hyperv_clocksource_tsc_page",
                                       "arch_sys_counter"};
    bool is_fast = false;
    for (size_t i = 0; i < sizeof fast / sizeof fast[0]; i++) {
        is_fast |= strcmp(source, fast[i]) == 0;
    }
    const bool unstable = system_file_contains("/proc/cmdline", "tsc=unstable") ||
                          (strcmp(source, "tsc") != 0 && !strstr(available, "tsc") &&
                           system_file_contains("/proc/cpuinfo", " tsc "));
    if (strcmp(source, "unknown") == 0) {
        condition_add(list, CONDITION_TIMING, "clock source", CONDITION_UNKNOWN,
                      "sysfs does not name it; see dmesg | grep clocksource", "not shown");
        return;
    }
    condition_add(list, CONDITION_TIMING, "clock source",
                  !is_fast   ? CONDITION_BAD
                  : unstable ? CONDITION_WARN
                             : CONDITION_OK,
                  "readings are slow or corrected: where the TSC is sound, boot with "
                  "clocksource=tsc tsc=reliable",
                  "%.40s%s", source, unstable ? " (the kernel calls the TSC unstable)" : "");
}

static enum condition_status judge(double value_ns, double warn_ns, double bad_ns)
{
    return isnan(value_ns)      ? CONDITION_UNKNOWN
           : value_ns > bad_ns  ? CONDITION_BAD
           : value_ns > warn_ns ? CONDITION_WARN
                                : CONDITION_OK;
}

static void probe_costs(struct condition_list *list, int cpu)
{
    struct machine_cost cost;
    machine_cost_measure(&cost, cpu);
    const struct {
        const char *name, *what;
        double value_ns, warn_ns, bad_ns; // bare metal stays below the first with room to spare
        const char *advice;
    } rows[] = {
        {"clock resolution", "smallest step", cost.clock_resolution_ns, 100, 1000,
         "steps this coarse blur a slice of 100 us: see clock source"},
        {"clock reading", "a reading", cost.clock_read_ns, 100, 1000,
         "each slice pays for two readings: see clock source"},
        {"page fault", "first touch of a page", cost.page_fault_ns, 2000, 20000,
         "growing memory costs more than using it: warm heaps up, or measure on bare metal"},
        {"system call", "getppid()", cost.syscall_ns, 500, 5000,
         "mitigations, seccomp or a sandbox make calls dear: compare within this machine only"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        condition_add(list, CONDITION_TIMING, rows[i].name,
                      judge(rows[i].value_ns, rows[i].warn_ns, rows[i].bad_ns), rows[i].advice,
                      "%.3g ns, %s", rows[i].value_ns, rows[i].what);
    }
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Reads the clock on one core after the other: where their counters differ it steps back.
static void probe_monotonicity(struct condition_list *list)
{
    enum { ROUND_COUNT = 25, CORE_COUNT = 4, READING_COUNT = 1000 };
    int back_count = 0, core_count = 0;
    int64_t before_ns = now_ns();
    for (int round = 0; round < ROUND_COUNT; round++) {
        core_count = 0;
        for (int cpu = 0; cpu < 1024 && core_count < CORE_COUNT; cpu++) {
            if (!affinity_allows(cpu) || affinity_pin(cpu) != 0) {
                continue;
            }
            core_count++;
            for (int i = 0; i < READING_COUNT / ROUND_COUNT; i++) {
                const int64_t current_ns = now_ns();
                back_count += current_ns < before_ns;
                before_ns = current_ns;
            }
        }
    }
    affinity_restore();
    condition_add(list, CONDITION_TIMING, "clock monotonicity",
                  core_count == 0  ? CONDITION_UNKNOWN
                  : back_count > 0 ? CONDITION_BAD
                                   : CONDITION_OK,
                  "the cores' clocks disagree: another clock source, or another machine",
                  "%d steps back in %d readings over %d core%s", back_count,
                  core_count * READING_COUNT, core_count, core_count == 1 ? "" : "s");
}

static const char *counter_advice(int error)
{
    switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        return "the processor or the hypervisor offers none: enable the guest's vPMU, use bare "
               "metal, or let simulated counts stand in";
    case EACCES:
    case EPERM:
        return "not allowed: sudo sysctl kernel.perf_event_paranoid=1, or CAP_PERFMON; in a "
               "container also its seccomp profile";
    case ENOSYS:
        return "this kernel or sandbox has no perf_event_open";
    default:
        return "see perf_event_open(2) for this error";
    }
}

// Opens a real counter of cycles and makes it count: a counter that stays 0 is none.
static void probe_counters(struct condition_list *list)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_HW_CPU_CYCLES,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    char paranoid[SYSTEM_FILE_BYTES];
    system_file_text("/proc/sys/kernel/perf_event_paranoid", paranoid);
    const int descriptor =
        (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0) {
        const int error = errno;
        condition_add(list, CONDITION_TIMING, "hardware counters", CONDITION_WARN,
                      counter_advice(error), "none: %s (%s), perf_event_paranoid %.20s",
                      strerrorname_np(error), strerror(error), paranoid);
        return;
    }
    for (int i = 0; i < 1000; i++) {
        now_ns();
    }
    uint64_t cycles = 0;
    const bool counted = read(descriptor, &cycles, sizeof cycles) == sizeof cycles && cycles > 0;
    close(descriptor);
    condition_add(list, CONDITION_TIMING, "hardware counters",
                  counted ? CONDITION_OK : CONDITION_WARN,
                  "the counter opens but does not count: another user of the PMU, or a broken vPMU",
                  "cycles %s, perf_event_paranoid %.20s", counted ? "count" : "stay 0", paranoid);
}

void probe_timing(struct condition_list *list, int cpu)
{
    probe_clock_source(list);
    probe_costs(list, cpu);
    probe_monotonicity(list);
    probe_counters(list);
}
