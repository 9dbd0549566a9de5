#include "harness/environment.h"

#include "harness/core_ticks.h"
#include "harness/hypervisor.h"
#include "harness/libc_identity.h"
#include "harness/machine_cost.h"
#include "harness/system_file.h"
#include "harness/version.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

void environment_init(struct environment *environment, int cpu)
{
    *environment = (struct environment){.cpu = cpu, .load = NAN};
    struct core_ticks ticks;
    core_ticks_read(&ticks, cpu);
    environment->ticks = ticks.all;
    environment->stolen_ticks = ticks.stolen;
    if (getloadavg(&environment->load, 1) != 1) {
        environment->load = NAN;
    }
}

// A number, or "unknown" for one that is not.
static json_t *number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_string("unknown");
}

static json_t *steal_json(const struct environment *environment)
{
    struct core_ticks ticks;
    core_ticks_read(&ticks, environment->cpu);
    if (ticks.all <= environment->ticks) {
        return json_string("unknown");
    }
    return json_real((double)(ticks.stolen - environment->stolen_ticks) /
                     (double)(ticks.all - environment->ticks));
}

static void cpu_model(char model[SYSTEM_FILE_BYTES])
{
    char line[SYSTEM_FILE_BYTES];
    if (!system_file_line("/proc/cpuinfo", "model name", line)) {
        snprintf(model, SYSTEM_FILE_BYTES, "unknown");
        return;
    }
    const char *value = line + strspn(line, " \t:");
    snprintf(model, SYSTEM_FILE_BYTES, "%s", *value ? value : "unknown");
}

// The caches of the core as sysfs lists them. Where it lists none (virtual machines), nothing is
// asked of CPUID instead, which there describes the host.
static json_t *caches_json(int cpu)
{
    json_t *const caches = json_array();
    for (int index = 0; index < 8; index++) {
        static const char *const files[] = {"level", "type", "size", "ways_of_associativity"};
        char values[4][SYSTEM_FILE_BYTES];
        for (size_t i = 0; i < 4; i++) {
            char path[128];
            snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu,
                     index, files[i]);
            system_file_text(path, values[i]);
        }
        if (strcmp(values[0], "unknown") != 0) {
            json_array_append_new(caches,
                                  json_pack("{s:s, s:s, s:s, s:s}", "level", values[0], "type",
                                            values[1], "size", values[2], "ways", values[3]));
        }
    }
    if (json_array_size(caches) == 0) {
        json_decref(caches);
        return json_string("unknown");
    }
    return caches;
}

static json_t *frequency_json(int cpu)
{
    char path[128], governor[SYSTEM_FILE_BYTES], no_turbo[SYSTEM_FILE_BYTES],
        boost[SYSTEM_FILE_BYTES];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu);
    system_file_text(path, governor);
    system_file_text("/sys/devices/system/cpu/intel_pstate/no_turbo", no_turbo);
    system_file_text("/sys/devices/system/cpu/cpufreq/boost", boost);
    const char *turbo = "unknown";
    if (strcmp(no_turbo, "0") == 0 || strcmp(boost, "1") == 0) {
        turbo = "on";
    } else if (strcmp(no_turbo, "1") == 0 || strcmp(boost, "0") == 0) {
        turbo = "off";
    }
    return json_pack("{s:s, s:s}", "governor", governor, "turbo", turbo);
}

static json_t *kernel_json(void)
{
    struct utsname names;
    const bool known = uname(&names) == 0;
    char randomize[SYSTEM_FILE_BYTES], pages[SYSTEM_FILE_BYTES];
    system_file_text("/proc/sys/kernel/randomize_va_space", randomize);
    system_file_text("/sys/kernel/mm/transparent_hugepage/enabled", pages);
    // "always [madvise] never": the one in brackets is in force.
    char *chosen = strchr(pages, '[');
    if (chosen) {
        chosen++;
        chosen[strcspn(chosen, "]")] = '\0';
    }
    const char *aslr = "unknown";
    if (strcmp(randomize, "0") == 0) {
        aslr = "off";
    } else if (strcmp(randomize, "1") == 0) {
        aslr = "on, without the heap";
    } else if (strcmp(randomize, "2") == 0) {
        aslr = "on";
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "system", known ? names.sysname : "unknown",
                     "release", known ? names.release : "unknown", "architecture",
                     known ? names.machine : "unknown", "aslr", aslr, "transparent_huge_pages",
                     chosen ? chosen : pages);
}

static const char *variable_or_none(const char *name)
{
    const char *const value = getenv(name);
    return value && *value ? value : "none";
}

static json_t *build_json(void)
{
    char version[LIBC_IDENTITY_BYTES], build_id[LIBC_IDENTITY_BYTES];
    libc_identity_version(version);
    libc_identity_build_id(build_id);
    return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:s}", "escapement",
                     ESCAPEMENT_VERSION, "commit", ESCAPEMENT_COMMIT, "compiler",
                     ESCAPEMENT_COMPILER, "dirty", ESCAPEMENT_DIRTY, "flags", ESCAPEMENT_CFLAGS,
                     "libc", version, "libc_build_id", build_id, "allocator", "glibc malloc",
                     "glibc_tunables", variable_or_none("GLIBC_TUNABLES"), "ld_preload",
                     variable_or_none("LD_PRELOAD"));
}

static json_t *cost_json(int cpu)
{
    struct machine_cost cost;
    machine_cost_measure(&cost, cpu);
    return json_pack("{s:o, s:o, s:o, s:o}", "page_fault_ns", number_json(cost.page_fault_ns),
                     "syscall_ns", number_json(cost.syscall_ns), "clock_read_ns",
                     number_json(cost.clock_read_ns), "clock_resolution_ns",
                     number_json(cost.clock_resolution_ns));
}

json_t *environment_json(const struct environment *environment)
{
    char model[SYSTEM_FILE_BYTES], hypervisor[HYPERVISOR_NAME_BYTES], host[ENVIRONMENT_HOST_BYTES];
    cpu_model(model);
    hypervisor_name(hypervisor);
    environment_host(host);
    // Before the costs are measured: that load is not the run's.
    json_t *const steal = steal_json(environment);
    const char *const virtualised = strcmp(hypervisor, "none") == 0      ? "no"
                                    : strcmp(hypervisor, "unknown") == 0 ? "unknown"
                                                                         : "yes";
    return json_pack("{s:s, s:{s:s, s:I, s:i, s:o, s:o, s:s, s:s}, s:o, s:{s:o, s:o}, s:o, s:o}",
                     "host", host,                                                              //
                     "cpu", "model", model, "cores", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), //
                     "used", environment->cpu, "caches", caches_json(environment->cpu),         //
                     "frequency", frequency_json(environment->cpu), "virtualised", virtualised, //
                     "hypervisor", hypervisor, "kernel", kernel_json(),                         //
                     "load", "one_minute_before", number_json(environment->load),               //
                     "steal_share", steal, "build", build_json(),                               //
                     "cost", cost_json(environment->cpu));
}

void environment_host(char host[ENVIRONMENT_HOST_BYTES])
{
    if (gethostname(host, ENVIRONMENT_HOST_BYTES) != 0 || !*host) {
        snprintf(host, ENVIRONMENT_HOST_BYTES, "unknown");
    }
    host[ENVIRONMENT_HOST_BYTES - 1] = '\0';
    for (char *at = host; *at; at++) {
        if (!isalnum((unsigned char)*at)) {
            *at = '-';
        }
    }
}

void environment_summary(char summary[ENVIRONMENT_SUMMARY_BYTES])
{
    char model[SYSTEM_FILE_BYTES], hypervisor[HYPERVISOR_NAME_BYTES];
    cpu_model(model);
    hypervisor_name(hypervisor);
    const long core_count = sysconf(_SC_NPROCESSORS_ONLN);
    const bool virtual_machine =
        strcmp(hypervisor, "none") != 0 && strcmp(hypervisor, "unknown") != 0;
    snprintf(summary, ENVIRONMENT_SUMMARY_BYTES, "%.100s, %ld core%s%s%s",
             strcmp(model, "unknown") == 0 ? "unknown processor" : model, core_count,
             core_count == 1 ? "" : "s", virtual_machine ? ", " : "",
             virtual_machine ? hypervisor : "");
}
