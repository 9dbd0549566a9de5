#include "harness/probe_kernel.h"

#include "harness/system_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

// The kernel's setting, and this process's own (setarch -R), which the workers inherit.
static void probe_aslr(struct condition_list *list)
{
    static const char advice[] =
        "every launch has the same addresses, so the interval leaves out "
        "what they do: sudo sysctl kernel.randomize_va_space=2, no setarch -R";
    const double setting = system_file_number("/proc/sys/kernel/randomize_va_space");
    const int persona = personality(0xffffffff);
    if (persona != -1 && (persona & ADDR_NO_RANDOMIZE)) {
        condition_add(list, CONDITION_KERNEL, "ASLR", CONDITION_WARN, advice,
                      "off for this process");
    } else if (isnan(setting)) {
        condition_add(list, CONDITION_KERNEL, "ASLR", CONDITION_UNKNOWN,
                      "kernel.randomize_va_space is not readable here", "not shown");
    } else {
        condition_add(list, CONDITION_KERNEL, "ASLR", setting == 0 ? CONDITION_WARN : CONDITION_OK,
                      advice, "%s",
                      setting == 0   ? "off"
                      : setting == 1 ? "on, without the heap"
                                     : "on");
    }
}

static void probe_huge_pages(struct condition_list *list)
{
    char text[SYSTEM_FILE_BYTES];
    system_file_text("/sys/kernel/mm/transparent_hugepage/enabled", text);
    const bool known = strchr(text, '[') != NULL;
    condition_add(list, CONDITION_KERNEL, "transparent huge pages",
                  !known                     ? CONDITION_UNKNOWN
                  : strstr(text, "[always]") ? CONDITION_WARN
                                             : CONDITION_OK,
                  known ? "heaps change their page size in mid-run: echo madvise | sudo tee "
                          "/sys/kernel/mm/transparent_hugepage/enabled"
                        : "not shown by this kernel; large heaps may or may not get them",
                  "%s",
                  !known                      ? "not shown"
                  : strstr(text, "[always]")  ? "always"
                  : strstr(text, "[madvise]") ? "madvise"
                                              : "never");
}

// A figure of /proc/meminfo in MiB; NaN where there is none.
static double memory_mib(const char *name)
{
    char text[SYSTEM_FILE_BYTES];
    return system_file_line("/proc/meminfo", name, text) ? strtod(text, NULL) / 1024 : NAN;
}

static void probe_memory(struct condition_list *list)
{
    const double total_mib = memory_mib("MemTotal:"), free_mib = memory_mib("MemAvailable:");
    const double swap_mib = memory_mib("SwapTotal:"), swap_free_mib = memory_mib("SwapFree:");
    const double swapped_mib = swap_mib - swap_free_mib;
    if (isnan(swapped_mib)) {
        condition_add(list, CONDITION_KERNEL, "swap", CONDITION_UNKNOWN,
                      "/proc/meminfo has no swap figures", "not shown");
    } else {
        condition_add(list, CONDITION_KERNEL, "swap",
                      swapped_mib > 0 ? CONDITION_WARN : CONDITION_OK,
                      "paging in costs milliseconds: free memory, then sudo swapoff -a",
                      "%.0f MiB of %.0f MiB in use", swapped_mib, swap_mib);
    }
    if (isnan(total_mib) || isnan(free_mib)) {
        condition_add(list, CONDITION_KERNEL, "memory", CONDITION_UNKNOWN,
                      "/proc/meminfo does not say what is available", "not shown");
    } else {
        // Workers need some 100 MiB; below a tenth of the memory the kernel reclaims in the
        // background.
        condition_add(list, CONDITION_KERNEL, "memory",
                      free_mib < 256                                 ? CONDITION_BAD
                      : free_mib < 1024 || free_mib < total_mib / 10 ? CONDITION_WARN
                                                                     : CONDITION_OK,
                      "the kernel reclaims pages while it measures: end what holds memory",
                      "%.0f MiB of %.0f MiB available", free_mib, total_mib);
    }
}

// Cores' worth of CPU time that the group in `folder` may use (cgroup v2, then v1); 0 for no limit,
// NaN where there is no such file.
static double quota_in(const char *folder)
{
    char path[2 * SYSTEM_FILE_BYTES], text[SYSTEM_FILE_BYTES];
    snprintf(path, sizeof path, "/sys/fs/cgroup%.250s/cpu.max", folder);
    if (system_file_line(path, "", text)) {
        char *rest = NULL;
        const double quota = strtod(text, &rest), period = rest == text ? 0 : strtod(rest, NULL);
        return period > 0 ? quota / period : 0; // "max 100000"
    }
    snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%.250s/cpu.cfs_quota_us", folder);
    const double quota = system_file_number(path);
    snprintf(path, sizeof path, "/sys/fs/cgroup/cpu%.250s/cpu.cfs_period_us", folder);
    const double period = system_file_number(path);
    return isnan(quota) ? NAN : quota > 0 && period > 0 ? quota / period : 0;
}

// The tightest limit of this process's group and all above it.
static void probe_quota(struct condition_list *list)
{
    char folder[SYSTEM_FILE_BYTES];
    if (!system_file_line("/proc/self/cgroup", "0::", folder)) {
        folder[0] = '\0';
    }
    double tightest = NAN;
    for (;;) {
        const double quota = quota_in(folder);
        if (!isnan(quota) &&
            (isnan(tightest) || tightest == 0 || (quota > 0 && quota < tightest))) {
            tightest = quota;
        }
        char *const slash = strrchr(folder, '/');
        if (!slash) {
            break;
        }
        *slash = '\0'; // its parent; "" is the root
    }
    if (isnan(tightest)) {
        condition_add(list, CONDITION_KERNEL, "CPU quota", CONDITION_UNKNOWN,
                      "no cgroup file says so: ask who runs this container for its CPU limit",
                      "not shown");
    } else if (tightest == 0) {
        condition_add(list, CONDITION_KERNEL, "CPU quota", CONDITION_OK, "", "none");
    } else {
        condition_add(list, CONDITION_KERNEL, "CPU quota",
                      tightest < 1   ? CONDITION_BAD
                      : tightest < 2 ? CONDITION_WARN
                                     : CONDITION_OK,
                      "the kernel stops this group when its share is used up: raise cpu.max to 2 "
                      "cores or more (docker run --cpus 2)",
                      "%.2f cores", tightest);
    }
}

void probe_kernel(struct condition_list *list)
{
    probe_quota(list);
    probe_memory(list);
    probe_aslr(list);
    probe_huge_pages(list);
}
