#include "harness/measure.h"

#include "base/rng.h"
#include "harness/measure_counters.h"
#include "harness/measure_latency.h"
#include "harness/sentinel.h"
#include "harness/values.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CHECK_OP_COUNT = 3,        // operations whose checksums are compared before and after
    WARM_UP_GC_COUNT = 2,      // a heap is in its steady state after its second collection
    WARM_UP_SHARE = 8,         // of the measured time, at least
    WARM_UP_SECONDS_MAX = 2,   // however seldom it collects
    SLICE_COUNT_MAX = 1 << 16, // per side; longer measurements stop here
    QUAD_SLICE_COUNT = 4,
    PAD_FRAME_BYTES = 64, // each level of measure_below_pad() moves what follows by a little more
};

// What one side did so far.
struct side {
    const struct workload_build *build;
    const struct workload_build *noted;
    uint64_t slice_op_count;
    float *slice_ns; // per operation, without the collector
    size_t slice_count;
    uint64_t op_count;
    double wall_ns;
    double cpu_ns;
    double collector_ns;
    uint64_t gc_count;
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t pause_max_ns;
    struct placement_notes notes; // of the last check
    uint64_t noted_checksum;
    uint64_t checksum;
    void *held; // by the build's prepare()
};

struct measurement {
    const struct measure_options *options;
    struct side sides[2];
    bool b_first;
    float *quad_ns[2]; // per operation, without the collector: a and b of each quad
    size_t quad_count;
    struct sentinel sentinel;
    struct rng rng;
    uint64_t sink; // checksums of timed slices end here
    bool wrong;    // a check failed
};

static double clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t run_build(const struct measurement *measurement, const struct side *side,
                          uint64_t op_count, uint64_t seed)
{
    const struct workload_run run = {.op_count = op_count,
                                     .seed = seed,
                                     .parameter = measurement->options->parameter,
                                     .held = side->held};
    return side->build->run(&run);
}

struct noted_run {
    const struct workload_build *build;
    struct workload_run run;
    uint64_t checksum;
};

static void run_noted_holding(void *held, void *context)
{
    struct noted_run *noted = context;
    noted->run.held = held;
    noted->checksum = noted->build->run(&noted->run);
}

// The noted build makes its own things: that is when objects are noted.
static uint64_t run_noted(const struct measurement *measurement, const struct side *side,
                          uint64_t seed)
{
    const uint64_t parameter = measurement->options->parameter;
    struct noted_run noted = {
        .build = side->noted,
        .run = {.op_count = CHECK_OP_COUNT, .seed = seed, .parameter = parameter}};
    workload_build_prepare(noted.build, parameter, run_noted_holding, &noted);
    return noted.checksum;
}

// The collector's time in stats. Assists are part of no pause; marking is part of the pause while
// the world stops for it.
static uint64_t collector_ns(const struct runtime_stats *stats)
{
    return stats->gc_pause_ns_total + stats->gc_assist_ns_total;
}

// One slice: returns its wall time without the collector's, in ns per operation.
static double slice(struct measurement *measurement, struct side *side)
{
    struct runtime_stats before, after;
    const uint64_t seed = rng_next(&measurement->rng);
    runtime_stats_read(&before);
    const double cpu_begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const double wall_begin = clock_ns(CLOCK_MONOTONIC);
    measurement->sink += run_build(measurement, side, side->slice_op_count, seed);
    const double wall_end = clock_ns(CLOCK_MONOTONIC);
    const double cpu_end = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    runtime_stats_read(&after);

    const double collected = (double)(collector_ns(&after) - collector_ns(&before));
    side->op_count += side->slice_op_count;
    side->wall_ns += wall_end - wall_begin;
    side->cpu_ns += cpu_end - cpu_begin;
    side->collector_ns += collected;
    side->gc_count += after.gc_count - before.gc_count;
    side->alloc_count += after.heap_alloc_count - before.heap_alloc_count;
    side->alloc_bytes += after.heap_alloc_bytes - before.heap_alloc_bytes;
    if (after.gc_count > before.gc_count) {
        // The runtime keeps the longest pause of all; if this slice did not set it, the mean of the
        // slice's pauses (nearly always one) stands for them.
        const uint64_t pause_ns = after.gc_pause_ns_total - before.gc_pause_ns_total;
        const uint64_t longest_ns = after.gc_pause_ns_max > before.gc_pause_ns_max
                                        ? after.gc_pause_ns_max
                                        : pause_ns / (after.gc_count - before.gc_count);
        if (longest_ns > side->pause_max_ns) {
            side->pause_max_ns = longest_ns;
        }
    }
    return (wall_end - wall_begin - collected) / (double)side->slice_op_count;
}

static void side_reset(struct side *side)
{
    const struct side kept = *side;
    *side = (struct side){.build = kept.build,
                          .noted = kept.noted,
                          .slice_op_count = kept.slice_op_count,
                          .slice_ns = kept.slice_ns,
                          .held = kept.held};
}

// Finds how many operations fill a slice and brings the side to its steady state; nothing of it is
// kept.
static void warm_up(struct measurement *measurement, struct side *side)
{
    const struct measure_options *options = measurement->options;
    side->slice_op_count = 1;
    if (options->smoke) {
        return;
    }
    const double enough_ns = options->measured_seconds / 2 / WARM_UP_SHARE * 1e9;
    const double slice_ns = options->slice_seconds * 1e9;
    for (;;) {
        const double per_op_ns = slice(measurement, side);
        const bool allocates = side->alloc_count > 0;
        if (side->wall_ns > WARM_UP_SECONDS_MAX * 1e9 ||
            (side->wall_ns > enough_ns && per_op_ns * (double)side->slice_op_count > slice_ns / 2 &&
             (!allocates || side->gc_count >= WARM_UP_GC_COUNT))) {
            break;
        }
        // Towards the aim, at most doubling: the first slices are slower than those to come.
        const double aim = slice_ns / (per_op_ns > 0.01 ? per_op_ns : 0.01);
        const double most = (double)side->slice_op_count * 2;
        side->slice_op_count = aim < 1 ? 1 : (uint64_t)(aim < most ? aim : most);
    }
    side_reset(side);
}

// Runs a few operations of both builds of both sides, and says whether they agree: see explain()
// for the rest.
static bool check(struct measurement *measurement, uint64_t seed)
{
    bool good = true;
    for (int i = 0; i < 2; i++) {
        struct side *side = &measurement->sides[i];
        placement_notes = (struct placement_notes){0};
        side->noted_checksum = run_noted(measurement, side, seed);
        side->notes = placement_notes;
        side->checksum = run_build(measurement, side, CHECK_OP_COUNT, seed);
        good = good && side->notes.misplaced_count == 0 && side->notes.object_count > 0 &&
               side->checksum == side->noted_checksum;
    }
    return good && measurement->sides[0].checksum == measurement->sides[1].checksum;
}

// Why check() said no, as text.
static void explain(const struct measurement *measurement, char *error, size_t error_bytes)
{
    for (int i = 0; i < 2; i++) {
        const struct side *side = &measurement->sides[i];
        const char *placement = placement_name(side->build->placement);
        if (side->notes.misplaced_count > 0 || side->notes.object_count == 0) {
            snprintf(error, error_bytes,
                     "%s: %zu of %zu objects are not where placement %s puts them (first at %p)",
                     side->build->name, side->notes.misplaced_count, side->notes.object_count,
                     placement, side->notes.first_misplaced);
            return;
        }
        if (side->checksum != side->noted_checksum) {
            snprintf(error, error_bytes,
                     "%s: the timed and the noted build of %s disagree: checksums %016llx, %016llx",
                     side->build->name, placement, (unsigned long long)side->checksum,
                     (unsigned long long)side->noted_checksum);
            return;
        }
    }
    snprintf(error, error_bytes, "%s: %s and %s disagree: checksums %016llx, %016llx",
             measurement->sides[0].build->name,
             placement_name(measurement->sides[0].build->placement),
             placement_name(measurement->sides[1].build->placement),
             (unsigned long long)measurement->sides[0].checksum,
             (unsigned long long)measurement->sides[1].checksum);
}

static void measure_quads(struct measurement *measurement)
{
    const struct measure_options *options = measurement->options;
    struct side *sides = measurement->sides;
    const size_t quad_count_max = options->smoke ? 2 : SLICE_COUNT_MAX / 2;
    while (measurement->quad_count < quad_count_max) {
        const int outer = (int)(rng_next(&measurement->rng) >> 63);
        double ns[2] = {0, 0};
        sentinel_time(&measurement->sentinel);
        for (int i = 0; i < QUAD_SLICE_COUNT; i++) {
            const int which = i == 0 || i == 3 ? outer : !outer;
            const double wall_ns = sides[which].wall_ns, cpu_ns = sides[which].cpu_ns;
            const double slice_ns = slice(measurement, &sides[which]);
            sentinel_slice(&measurement->sentinel, which, sides[which].wall_ns - wall_ns,
                           sides[which].cpu_ns - cpu_ns);
            sides[which].slice_ns[sides[which].slice_count++] = (float)slice_ns;
            ns[which] += slice_ns / 2;
        }
        measurement->quad_ns[0][measurement->quad_count] = (float)ns[0];
        measurement->quad_ns[1][measurement->quad_count] = (float)ns[1];
        measurement->quad_count++;
        if (!options->smoke &&
            sides[0].wall_ns + sides[1].wall_ns >= options->measured_seconds * 1e9) {
            break;
        }
    }
    sentinel_time(&measurement->sentinel);
}

static void summarize_side(const struct measurement *measurement, int which,
                           struct measure_side *result)
{
    const struct side *side = &measurement->sides[which];
    const double op_count = (double)side->op_count;
    result->collector_ns = side->collector_ns / op_count;
    result->wall_ns = values_median(side->slice_ns, side->slice_count) + result->collector_ns;
    result->cpu_ns = side->cpu_ns / op_count;
    result->alloc_count = (double)side->alloc_count / op_count;
    result->alloc_bytes = (double)side->alloc_bytes / op_count;
    result->gc_count = (double)side->gc_count;
    result->pause_max_ns = (double)side->pause_max_ns;
    result->op_count = op_count;
    // The runtime does not see malloc: the noted build counted its objects.
    if (side->build->placement == PLACEMENT_MALLOC) {
        result->alloc_count = (double)side->notes.object_count / CHECK_OP_COUNT;
        result->alloc_bytes = (double)side->notes.object_bytes / CHECK_OP_COUNT;
    }
}

static void summarize(struct measurement *measurement, struct measure_result *result)
{
    summarize_side(measurement, 0, &result->a);
    summarize_side(measurement, 1, &result->b);
    float *ratios = measurement->quad_ns[1];
    for (size_t i = 0; i < measurement->quad_count; i++) {
        ratios[i] = (float)(((double)ratios[i] + result->b.collector_ns) /
                            ((double)measurement->quad_ns[0][i] + result->a.collector_ns));
    }
    result->ratio = values_median(ratios, measurement->quad_count);
    result->quad_count = (double)measurement->quad_count;
    sentinel_summarize(&measurement->sentinel, &result->sentinel);
}

static void count(struct measurement *measurement)
{
    const struct side *const a = &measurement->sides[0], *const b = &measurement->sides[1];
    const struct measure_counters_build builds[] = {{a->build, a->slice_op_count, a->held},
                                                    {b->build, b->slice_op_count, b->held}};
    if (measurement->options->counters) {
        measure_counters_run(measurement->options->counters, builds,
                             measurement->options->parameter, &measurement->rng);
    }
}

static void measure_padded(struct measurement *measurement)
{
    struct side *sides = measurement->sides;
    const uint64_t check_seed = rng_next(&measurement->rng);
    const int first = measurement->b_first;
    // Whichever side is called first in a process may stay faster for all of it: that is why the
    // order is drawn, and why the check, which runs both, comes after the first one's warm-up.
    warm_up(measurement, &sides[first]);
    if (!check(measurement, check_seed)) {
        measurement->wrong = true;
        return;
    }
    warm_up(measurement, &sides[!first]);
    if (measurement->options->latency) {
        const struct workload_build *const builds[] = {sides[0].build, sides[1].build};
        measure_latency_run(measurement->options->latency, builds, measurement->options->parameter,
                            &measurement->rng);
    } else {
        measure_quads(measurement);
        count(measurement);
    }
    measurement->wrong = !check(measurement, check_seed);
}

static void hold_b_and_measure(void *held, void *context)
{
    struct measurement *measurement = context;
    measurement->sides[1].held = held;
    measure_padded(measurement);
}

static void hold_a_and_measure(void *held, void *context)
{
    struct measurement *measurement = context;
    measurement->sides[0].held = held;
    workload_build_prepare(measurement->sides[1].build, measurement->options->parameter,
                           hold_b_and_measure, measurement);
}

// What the sides prepare lies in frames, or is held by frames, below the measuring ones.
static void measure_prepared(struct measurement *measurement)
{
    workload_build_prepare(measurement->sides[0].build, measurement->options->parameter,
                           hold_a_and_measure, measurement);
}

__attribute__((noinline)) static void measure_below_pad(struct measurement *measurement,
                                                        size_t pad_bytes)
{
    char pad[PAD_FRAME_BYTES];
    __asm__ volatile("" : : "r"(pad) : "memory");
    if (pad_bytes >= sizeof pad) {
        measure_below_pad(measurement, pad_bytes - sizeof pad);
    } else {
        measure_prepared(measurement);
    }
    __asm__ volatile("" : : "r"(pad) : "memory");
}

static void measure_on_coroutine(void *arg)
{
    struct measurement *measurement = arg;
    measure_below_pad(measurement, measurement->options->stack_pad_bytes);
}

void measure_run(const struct measure_pair *pair, const struct measure_options *options,
                 struct measure_result *result)
{
    *result = (struct measure_result){0};
    struct measurement measurement = {
        .options = options,
        .sides = {{.build = pair->a, .noted = pair->a_noted},
                  {.build = pair->b, .noted = pair->b_noted}},
    };
    rng_init(&measurement.rng, options->seed);
    measurement.b_first = rng_next(&measurement.rng) >> 63;
    for (int i = 0; i < 2; i++) {
        measurement.sides[i].slice_ns = values_new(SLICE_COUNT_MAX);
        measurement.quad_ns[i] = values_new(SLICE_COUNT_MAX / 2);
    }
    sentinel_init(&measurement.sentinel, SLICE_COUNT_MAX / 2);
    const size_t stack_bytes = pair->a->stack_bytes_min;
    const struct runtime_config config = {
        .procs = 1, .stack_bytes_min = stack_bytes ? stack_bytes : WORKLOAD_STACK_BYTES};
    const int error = runtime_run(&config, measure_on_coroutine, &measurement);
    if (error) {
        snprintf(result->error, sizeof result->error, "runtime_run: %s", strerror(-error));
    } else if (measurement.wrong) {
        explain(&measurement, result->error, sizeof result->error);
    } else {
        if (!options->latency) {
            summarize(&measurement, result);
        }
        result->b_first = measurement.b_first;
    }
    for (int i = 0; i < 2; i++) {
        free(measurement.sides[i].slice_ns);
        free(measurement.quad_ns[i]);
    }
    sentinel_release(&measurement.sentinel);
}
