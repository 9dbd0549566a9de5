#include "harness/measure_strategies.h"

#include "base/rng.h"
#include "harness/measured_side.h"
#include "harness/sentinel.h"
#include "harness/strategy.h"
#include "harness/values.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUN_COUNT = 4,
    GROUP_SLICE_COUNT = 4,         // slices between two looks at the machine
    RUN_SLICE_COUNT_MAX = 1 << 14, // longer measurements stop here
    SMOKE_SLICE_COUNT = GROUP_SLICE_COUNT,
};

struct run {
    const struct measure_options *options;
    struct measured_side side;
    int which; // 0: side a
    uint64_t check_seed;
    struct sentinel *sentinel;
    bool good;
};

static void measure_holding(void *held, void *context)
{
    struct run *const run = context;
    struct measured_side *const side = &run->side;
    const double measured_seconds = run->options->measured_seconds / RUN_COUNT;
    side->held = held;
    // Before anything else has used this run's memory: the check notes how much each thing holds.
    if (!measured_side_check(side, run->check_seed)) {
        return;
    }
    measured_side_warm_up(side, measured_seconds);
    const size_t slice_count_max = run->options->smoke ? SMOKE_SLICE_COUNT : RUN_SLICE_COUNT_MAX;
    while (side->slice_count < slice_count_max && side->wall_ns < measured_seconds * 1e9) {
        sentinel_time(run->sentinel);
        for (int i = 0; i < GROUP_SLICE_COUNT; i++) {
            const double wall_ns = side->wall_ns, cpu_ns = side->cpu_ns;
            const double slice_ns = measured_side_slice(side);
            sentinel_slice(run->sentinel, run->which, side->wall_ns - wall_ns,
                           side->cpu_ns - cpu_ns);
            side->slice_ns[side->slice_count++] = (float)slice_ns;
        }
    }
    run->good = true;
}

static void measure_on_coroutine(void *arg)
{
    struct run *const run = arg;
    workload_build_prepare(run->side.build, run->options->parameter, measure_holding, run);
}

// Adds a run's figures to its side's: means of two medians, sums of what is counted.
static void add(struct measure_side *sum, const struct measure_side *run)
{
    sum->wall_ns += run->wall_ns / 2;
    sum->cpu_ns += run->cpu_ns / 2;
    sum->collector_ns += run->collector_ns / 2;
    sum->alloc_count += run->alloc_count / 2;
    sum->alloc_bytes += run->alloc_bytes / 2;
    sum->memory_bytes += run->memory_bytes / 2;
    sum->gc_count += run->gc_count;
    sum->op_count += run->op_count;
    if (run->pause_max_ns > sum->pause_max_ns) {
        sum->pause_max_ns = run->pause_max_ns;
    }
}

// One run under a strategy. False, with a message, when there is no result.
static bool measure_one(struct run *run, enum stack_strategy strategy,
                        struct measure_result *result)
{
    const struct workload_build *const build = run->side.build;
    const struct runtime_config config = {
        .procs = 1,
        .stack_strategy = strategy,
        .stack_bytes_min = build->stack_bytes_min ? build->stack_bytes_min : WORKLOAD_STACK_BYTES,
    };
    const int error = runtime_run(&config, measure_on_coroutine, run);
    if (error) {
        snprintf(result->error, sizeof result->error, "runtime_run with %s stacks: %s",
                 strategy_name(strategy), strerror(-error));
        return false;
    }
    if (!run->good) {
        measured_side_explain(&run->side, result->error, sizeof result->error);
        return false;
    }
    struct measure_side measured = {0};
    measured_side_summarize(&run->side, &measured);
    add(run->which ? &result->b : &result->a, &measured);
    return true;
}

void measure_strategies_run(const struct measure_pair *pair, const struct measure_options *options,
                            struct measure_result *result)
{
    *result = (struct measure_result){0};
    struct rng rng;
    rng_init(&rng, options->seed);
    const uint64_t check_seed = rng_next(&rng);
    result->b_first = rng_next(&rng) >> 63;
    struct sentinel sentinel;
    sentinel_init(&sentinel, RUN_COUNT * RUN_SLICE_COUNT_MAX / GROUP_SLICE_COUNT);
    float *const slice_ns = values_new(RUN_SLICE_COUNT_MAX);
    uint64_t checksums[2] = {0, 0};
    bool good = true;
    for (int i = 0; i < RUN_COUNT && good; i++) {
        const int which = i == 0 || i == RUN_COUNT - 1 ? result->b_first : !result->b_first;
        struct run run = {
            .options = options,
            .side = {.build = which ? pair->b : pair->a,
                     .noted = which ? pair->b_noted : pair->a_noted,
                     .options = options,
                     .rng = &rng,
                     .slice_ns = slice_ns},
            .which = which,
            .check_seed = check_seed,
            .sentinel = &sentinel,
        };
        good = measure_one(&run, pair->strategies[which], result);
        checksums[which] = run.side.checksum;
    }
    if (good && checksums[0] != checksums[1]) {
        snprintf(result->error, sizeof result->error,
                 "%s: %s and %s disagree: checksums %016llx, %016llx", pair->a->name,
                 strategy_name(pair->strategies[0]), strategy_name(pair->strategies[1]),
                 (unsigned long long)checksums[0], (unsigned long long)checksums[1]);
    } else if (good) {
        sentinel_time(&sentinel);
        sentinel_summarize(&sentinel, &result->sentinel);
        result->ratio = result->b.wall_ns / result->a.wall_ns;
        result->quad_count = 1;
    }
    free(slice_ns);
    sentinel_release(&sentinel);
}
