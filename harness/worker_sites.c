#include "harness/worker_sites.h"

#include "base/die.h"
#include "harness/placement.h"
#include "harness/worker_pair.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

// Rare objects need some: lru_cache makes one in every second operation.
enum { SITES_OP_COUNT = 1024 };

struct sites_run {
    const struct workload_build *build;
    struct workload_run run;
    uint64_t checksum;
};

static void run_holding(void *held, void *context)
{
    struct sites_run *const sites = context;
    sites->run.held = held;
    // What was prepared is no operation's.
    placement_notes = (struct placement_notes){0};
    sites->checksum = sites->build->run(&sites->run);
}

static void run_on_coroutine(void *arg)
{
    struct sites_run *const sites = arg;
    workload_build_prepare(sites->build, sites->run.parameter, run_holding, sites);
}

int worker_sites_run(const char *pair, uint64_t seed)
{
    struct worker_pair found;
    worker_pair_find(&found, "--sites", pair, 0);
    struct sites_run sites = {
        .build = found.pair.b_noted,
        .run = {.op_count = SITES_OP_COUNT, .seed = seed, .parameter = found.parameter}};
    const size_t stack_bytes = sites.build->stack_bytes_min;
    const struct runtime_config config = {
        .procs = 1, .stack_bytes_min = stack_bytes ? stack_bytes : WORKLOAD_STACK_BYTES};
    const int error = runtime_run(&config, run_on_coroutine, &sites);
    if (error) {
        fprintf(stderr, "worker: runtime_run: %s\n", strerror(-error));
        return 1;
    }
    printf("{\"format\": 1, \"kind\": \"sites\", \"pair\": \"%s\", \"file\": \"%s\", \"ops\": %d, "
           "\"sites\": [",
           pair, sites.build->file, SITES_OP_COUNT);
    for (size_t i = 0; i < placement_notes.site_count; i++) {
        const struct placement_site *const site = &placement_notes.sites[i];
        printf("%s{\"line\": %d, \"objects\": %zu, \"stack_objects\": %zu, \"bytes\": %zu}",
               i ? ", " : "", site->line, site->object_count, site->stack_count,
               site->object_bytes);
    }
    printf("]}\n");
    if (fflush(stdout) != 0 || ferror(stdout)) {
        die("cannot write to stdout");
    }
    return 0;
}
