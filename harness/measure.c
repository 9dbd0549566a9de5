#include "harness/measure.h"

#include "base/rng.h"
#include "harness/measure_counters.h"
#include "harness/measure_latency.h"
#include "harness/measured_side.h"
#include "harness/sentinel.h"
#include "harness/values.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE_COUNT_MAX = 1 << 16, // per side; longer measurements stop here
    QUAD_SLICE_COUNT = 4,
    PAD_FRAME_BYTES = 64, // each level of measure_below_pad() moves what follows by a little more
};

struct measurement {
    const struct measure_options *options;
    struct measured_side sides[2];
    bool b_first;
    float *quad_ns[2]; // per operation, without the collector: a and b of each quad
    size_t quad_count;
    struct sentinel sentinel;
    struct rng rng;
    bool wrong; // a check failed
};

// Runs a few operations of both builds of both sides, and says whether they agree: see explain()
// for the rest.
static bool check(struct measurement *measurement, uint64_t seed)
{
    bool good = true;
    for (int i = 0; i < 2; i++) {
        struct measured_side *side = &measurement->sides[i];
        good = measured_side_check(side, seed) && side->notes.object_count > 0 && good;
    }
    return good && measurement->sides[0].checksum == measurement->sides[1].checksum;
}

// Why check() said no, as text.
static void explain(const struct measurement *measurement, char *error, size_t error_bytes)
{
    for (int i = 0; i < 2; i++) {
        const struct measured_side *side = &measurement->sides[i];
        if (measured_side_explain(side, error, error_bytes)) {
            return;
        }
        if (side->notes.object_count == 0) {
            snprintf(error, error_bytes, "%s: no object was made in placement %s",
                     side->build->name, placement_name(side->build->placement));
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
    struct measured_side *sides = measurement->sides;
    const size_t quad_count_max = options->smoke ? 2 : SLICE_COUNT_MAX / 2;
    while (measurement->quad_count < quad_count_max) {
        const int outer = (int)(rng_next(&measurement->rng) >> 63);
        double ns[2] = {0, 0};
        sentinel_time(&measurement->sentinel);
        for (int i = 0; i < QUAD_SLICE_COUNT; i++) {
            const int which = i == 0 || i == 3 ? outer : !outer;
            const double wall_ns = sides[which].wall_ns, cpu_ns = sides[which].cpu_ns;
            const double slice_ns = measured_side_slice(&sides[which]);
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

static void summarize(struct measurement *measurement, struct measure_result *result)
{
    measured_side_summarize(&measurement->sides[0], &result->a);
    measured_side_summarize(&measurement->sides[1], &result->b);
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
    const struct measured_side *const a = &measurement->sides[0], *const b = &measurement->sides[1];
    const struct measure_counters_build builds[] = {{a->build, a->slice_op_count, a->held},
                                                    {b->build, b->slice_op_count, b->held}};
    if (measurement->options->counters) {
        measure_counters_run(measurement->options->counters, builds,
                             measurement->options->parameter, &measurement->rng);
    }
}

static void measure_padded(struct measurement *measurement)
{
    struct measured_side *sides = measurement->sides;
    const uint64_t check_seed = rng_next(&measurement->rng);
    const int first = measurement->b_first;
    // Whichever side is called first in a process may stay faster for all of it: that is why the
    // order is drawn, and why the check, which runs both, comes after the first one's warm-up.
    measured_side_warm_up(&sides[first], measurement->options->measured_seconds / 2);
    if (!check(measurement, check_seed)) {
        measurement->wrong = true;
        return;
    }
    measured_side_warm_up(&sides[!first], measurement->options->measured_seconds / 2);
    if (measurement->options->latency) {
        const struct measure_latency_build builds[] = {{sides[0].build, sides[0].held},
                                                       {sides[1].build, sides[1].held}};
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
        .sides = {{.build = pair->a, .noted = pair->a_noted, .options = options},
                  {.build = pair->b, .noted = pair->b_noted, .options = options}},
    };
    rng_init(&measurement.rng, options->seed);
    measurement.b_first = rng_next(&measurement.rng) >> 63;
    for (int i = 0; i < 2; i++) {
        placement_begin(measurement.sides[i].build->placement);
        measurement.sides[i].rng = &measurement.rng;
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
