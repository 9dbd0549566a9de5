#include "harness/probe_activity.h"

#include "base/allocate.h"
#include "harness/affinity.h"
#include "harness/core_ticks.h"
#include "harness/system_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// 16 ticks a core: a share is known to some 6 %. Longer would be felt at the head of every run.
enum { WATCH_US = 160 * 1000, SHOWN_CORE_COUNT = 6, CORE_COUNT_MAX = 1024 };

static double share_of(unsigned long long part, unsigned long long all)
{
    return all > 0 ? (double)part / (double)all : NAN;
}

// The idle shares of the allowed cores, and the best of them.
static void judge_idle(struct condition_list *list, const struct core_ticks *spent,
                       const char *since)
{
    char text[CONDITION_VALUE_BYTES] = "";
    size_t length = 0, shown_count = 0, core_count = 0;
    double best = NAN;
    for (int cpu = 0; cpu < CORE_COUNT_MAX; cpu++) {
        const double idle = share_of(spent[cpu].idle, spent[cpu].all);
        if (!affinity_allows(cpu) || isnan(idle)) {
            continue;
        }
        best = isnan(best) || idle > best ? idle : best;
        if (shown_count++ < SHOWN_CORE_COUNT && length < sizeof text) {
            length += (size_t)snprintf(text + length, sizeof text - length, "%scpu%d %.0f %%",
                                       length ? ", " : "", cpu, idle * 100);
        }
        core_count++;
    }
    if (isnan(best)) {
        condition_add(list, CONDITION_ACTIVITY, "quiet cores", CONDITION_UNKNOWN,
                      "/proc/stat says nothing about the allowed cores", "not shown");
        return;
    }
    condition_add(list, CONDITION_ACTIVITY, "quiet cores",
                  best >= 0.9   ? CONDITION_OK
                  : best >= 0.7 ? CONDITION_WARN
                                : CONDITION_BAD,
                  "no core is left to measure on alone: end other work (top, key 1, shows cores)",
                  "%s%s idle%s", text, core_count > SHOWN_CORE_COUNT ? ", ..." : "", since);
}

static void judge_steal(struct condition_list *list, const struct core_ticks *spent,
                        const char *since)
{
    unsigned long long all = 0, stolen = 0;
    for (int cpu = 0; cpu < CORE_COUNT_MAX; cpu++) {
        all += spent[cpu].all;
        stolen += spent[cpu].stolen;
    }
    const double share = share_of(stolen, all);
    condition_add(list, CONDITION_ACTIVITY, "steal",
                  isnan(share)   ? CONDITION_UNKNOWN
                  : share > 0.05 ? CONDITION_BAD
                  : share > 0.01 ? CONDITION_WARN
                                 : CONDITION_OK,
                  isnan(share) ? "/proc/stat shows no time of the cores"
                               : "the hypervisor gives the cores to others: use a dedicated "
                                 "instance, or another hour",
                  "%.1f %%%s", isnan(share) ? 0 : share * 100, since);
}

// Who runs besides us, at this moment.
static double running_count(void)
{
    char text[SYSTEM_FILE_BYTES];
    return system_file_line("/proc/stat", "procs_running ", text) ? strtod(text, NULL) - 1 : NAN;
}

// The load average needs a minute to notice what the sampled count sees at once, and remembers what
// comes and goes: the larger one counts.
static void judge_load(struct condition_list *list, double running)
{
    char text[SYSTEM_FILE_BYTES];
    system_file_text("/proc/loadavg", text);
    char *rest = NULL;
    const double load = strtod(text, &rest);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (rest == text || isnan(running) || cores < 1) {
        condition_add(list, CONDITION_ACTIVITY, "load", CONDITION_UNKNOWN,
                      "/proc/loadavg or /proc/stat does not say what runs", "not shown");
        return;
    }
    const double share = (load > running ? load : running) / (double)cores;
    condition_add(list, CONDITION_ACTIVITY, "load",
                  share > 1     ? CONDITION_BAD
                  : share > 0.5 ? CONDITION_WARN
                                : CONDITION_OK,
                  "other work runs: wait for it or end it (top shows it)",
                  "%.2f in the last minute, %.1f threads now, %ld core%s", load, running, cores,
                  cores == 1 ? "" : "s");
}

void probe_activity(struct condition_list *list)
{
    enum { SAMPLE_COUNT = 8 };
    struct core_ticks *const before = allocate_zeroed(CORE_COUNT_MAX, sizeof *before);
    struct core_ticks *const spent = allocate_zeroed(CORE_COUNT_MAX, sizeof *spent);
    const long configured = sysconf(_SC_NPROCESSORS_CONF);
    const int core_count = configured > 0 && configured < CORE_COUNT_MAX ? (int)configured : 1;
    for (int core = 0; core < core_count; core++) {
        core_ticks_read(&before[core], core);
    }
    double running = 0;
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        usleep(WATCH_US / SAMPLE_COUNT);
        running += running_count() / SAMPLE_COUNT;
    }
    unsigned long long elapsed = 0;
    for (int core = 0; core < core_count; core++) {
        core_ticks_read(&spent[core], core);
        elapsed += spent[core].all - before[core].all;
    }
    for (int core = 0; core < core_count && elapsed > 0; core++) {
        spent[core].all -= before[core].all;
        spent[core].idle -= before[core].idle;
        spent[core].stolen -= before[core].stolen;
    }
    const char *const since = elapsed > 0 ? "" : " since boot";
    judge_idle(list, spent, since);
    judge_steal(list, spent, since);
    judge_load(list, running);
    free(spent);
    free(before);
}
