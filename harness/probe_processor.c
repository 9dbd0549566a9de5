// What sysfs does not show is said as unknown: on a virtual machine the host decides it.
#include "harness/probe_processor.h"

#include "harness/affinity.h"
#include "harness/hypervisor.h"
#include "harness/system_file.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CORE_COUNT_MAX = 1024 };

static bool is_known(const char *text)
{
    return strcmp(text, "unknown") != 0;
}

static void probe_governor(struct condition_list *list, int cpu)
{
    char path[128], governor[SYSTEM_FILE_BYTES];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu);
    system_file_text(path, governor);
    if (!is_known(governor)) {
        condition_add(list, CONDITION_PROCESSOR, "governor", CONDITION_UNKNOWN,
                      "no cpufreq here: firmware or the host sets the clock; look there",
                      "not shown for cpu %d", cpu);
        return;
    }
    condition_add(list, CONDITION_PROCESSOR, "governor",
                  strcmp(governor, "performance") == 0 ? CONDITION_OK : CONDITION_WARN,
                  "the clock follows the load; fix it: sudo cpupower frequency-set -g performance",
                  "%.40s", governor);
}

static void probe_turbo(struct condition_list *list)
{
    const double no_turbo = system_file_number("/sys/devices/system/cpu/intel_pstate/no_turbo");
    const double boost = system_file_number("/sys/devices/system/cpu/cpufreq/boost");
    if (isnan(no_turbo) && isnan(boost)) {
        condition_add(list, CONDITION_PROCESSOR, "turbo", CONDITION_UNKNOWN,
                      "neither intel_pstate nor cpufreq/boost here: see the firmware or the host",
                      "not shown");
    } else if (!isnan(no_turbo)) {
        condition_add(list, CONDITION_PROCESSOR, "turbo",
                      no_turbo == 0 ? CONDITION_WARN : CONDITION_OK,
                      "the clock depends on heat and on other cores: echo 1 | sudo tee "
                      "/sys/devices/system/cpu/intel_pstate/no_turbo",
                      "%s", no_turbo == 0 ? "on" : "off");
    } else {
        condition_add(list, CONDITION_PROCESSOR, "turbo",
                      boost != 0 ? CONDITION_WARN : CONDITION_OK,
                      "the clock depends on heat and on other cores: echo 0 | sudo tee "
                      "/sys/devices/system/cpu/cpufreq/boost",
                      "%s", boost != 0 ? "on" : "off");
    }
}

static void probe_siblings(struct condition_list *list, int cpu, bool is_virtual)
{
    char path[128], siblings[SYSTEM_FILE_BYTES];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    system_file_text(path, siblings);
    const bool shared = strpbrk(siblings, ",-") != NULL;
    if (!is_known(siblings)) {
        condition_add(list, CONDITION_PROCESSOR, "SMT siblings", CONDITION_UNKNOWN,
                      "the topology is not shown here: see lscpu on the host", "not shown");
    } else if (shared) {
        condition_add(list, CONDITION_PROCESSOR, "SMT siblings", CONDITION_WARN,
                      "another thread shares the core and its caches: echo off | sudo tee "
                      "/sys/devices/system/cpu/smt/control",
                      "cpus %.60s share the core of cpu %d", siblings, cpu);
    } else {
        condition_add(list, CONDITION_PROCESSOR, "SMT siblings",
                      is_virtual ? CONDITION_UNKNOWN : CONDITION_OK,
                      "a guest does not see how the host places its cores: ask for whole cores",
                      "%s", is_virtual ? "none that this guest sees" : "none online");
    }
}

static void probe_isolation(struct condition_list *list, int cpu)
{
    char isolated[SYSTEM_FILE_BYTES], tickless[SYSTEM_FILE_BYTES];
    system_file_text("/sys/devices/system/cpu/isolated", isolated);
    system_file_text("/sys/devices/system/cpu/nohz_full", tickless);
    const bool has_isolated = is_known(isolated),
               has_tickless = is_known(tickless) && tickless[0] != '(';
    condition_add(list, CONDITION_PROCESSOR, "isolated cores",
                  has_isolated ? CONDITION_OK : CONDITION_WARN,
                  "the kernel may put other work on the measured core: boot with isolcpus=N "
                  "nohz_full=N, then run --cpu N",
                  "isolcpus %.40s, nohz_full %.40s; measured: cpu %d",
                  has_isolated ? isolated : "none", has_tickless ? tickless : "none", cpu);
}

static void probe_cores(struct condition_list *list)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    int allowed = 0;
    for (int cpu = 0; cpu < CORE_COUNT_MAX; cpu++) {
        allowed += affinity_allows(cpu);
    }
    condition_add(list, CONDITION_PROCESSOR, "cores", allowed < 2 ? CONDITION_BAD : CONDITION_OK,
                  "everything else shares the measured core: allow this process a second one "
                  "(taskset -c 0,1, cpuset)",
                  "%ld online, %d allowed for this process", online, allowed);
}

static void probe_virtualisation(struct condition_list *list, const char *hypervisor)
{
    const bool known = is_known(hypervisor), bare = strcmp(hypervisor, "none") == 0;
    condition_add(list, CONDITION_PROCESSOR, "virtualisation",
                  bare    ? CONDITION_OK
                  : known ? CONDITION_WARN
                          : CONDITION_UNKNOWN,
                  "the host's other guests disturb unseen; confirm small effects on bare metal",
                  "%s",
                  bare    ? "none"
                  : known ? hypervisor
                          : "not known for this architecture");
}

static void probe_throttling(struct condition_list *list, int cpu)
{
    char path[128];
    snprintf(path, sizeof path,
             "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count", cpu);
    const double throttled = system_file_number(path);
    const double zone = system_file_number("/sys/class/thermal/thermal_zone0/temp");
    if (isnan(throttled) && isnan(zone)) {
        condition_add(list, CONDITION_PROCESSOR, "throttling", CONDITION_UNKNOWN,
                      "no thermal counters here: watch temperatures on the host", "not shown");
        return;
    }
    const bool is_hot = zone >= 90000; // usual trip points lie at 95 to 105 degrees
    char temperature[32] = "temperature not shown";
    if (!isnan(zone)) {
        snprintf(temperature, sizeof temperature, "%.0f degrees C", zone / 1000);
    }
    condition_add(list, CONDITION_PROCESSOR, "throttling",
                  is_hot          ? CONDITION_BAD
                  : throttled > 0 ? CONDITION_WARN
                                  : CONDITION_OK,
                  "heat lowers the clock: better cooling, or a lower fixed frequency",
                  "%.0f times since boot, %s", isnan(throttled) ? 0 : throttled, temperature);
}

// On a battery firmware and kernel lower the clock.
static void probe_power(struct condition_list *list)
{
    char pattern[512];
    const size_t root_length = strlen(system_file_root());
    snprintf(pattern, sizeof pattern, "%s/sys/class/power_supply/*/status", system_file_root());
    glob_t found;
    bool discharging = false;
    size_t battery_count = 0;
    if (glob(pattern, 0, NULL, &found) == 0) {
        battery_count = found.gl_pathc;
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char status[SYSTEM_FILE_BYTES];
            system_file_text(found.gl_pathv[i] + root_length, status);
            discharging |= strcmp(status, "Discharging") == 0;
        }
        globfree(&found);
    }
    condition_add(list, CONDITION_PROCESSOR, "power", discharging ? CONDITION_BAD : CONDITION_OK,
                  "on battery the clock is lowered: plug it in", "%s",
                  discharging     ? "on battery"
                  : battery_count ? "on mains"
                                  : "no battery");
}

void probe_processor(struct condition_list *list, int cpu)
{
    char hypervisor[HYPERVISOR_NAME_BYTES];
    hypervisor_name(hypervisor);
    const bool is_virtual = is_known(hypervisor) && strcmp(hypervisor, "none") != 0;
    probe_cores(list);
    probe_governor(list, cpu);
    probe_turbo(list);
    probe_siblings(list, cpu, is_virtual);
    probe_throttling(list, cpu);
    probe_power(list);
    probe_virtualisation(list, hypervisor);
    probe_isolation(list, cpu);
}
