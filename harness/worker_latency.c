#include "harness/worker_latency.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/measure_latency.h"
#include "harness/worker_pair.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t OPS_DEFAULT = 100000;

static void print_side(const char *name, const struct measure_latency_side *side, const char *end)
{
    const struct histogram *const all = &side->all;
    printf(" \"%s\": {\"ops\": %" PRIu64 ", \"collected_ops\": %" PRIu64 ", \"min_ns\": %" PRIu64
           ", ",
           name, all->count, side->collected.count, all->min);
    static const struct {
        const char *name;
        double quantile;
    } rows[] = {
        {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99_9", 0.999}, {"p99_99", 0.9999},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        printf("\"%s_ns\": %" PRIu64 ", ", rows[i].name, histogram_quantile(all, rows[i].quantile));
    }
    printf("\"max_ns\": %" PRIu64 ", \"buckets\": [", all->max);
    const char *separator = "";
    for (size_t i = 0; i < HISTOGRAM_BUCKET_COUNT; i++) {
        if (all->counts[i] > 0) {
            printf("%s[%" PRIu64 ", %" PRIu64 ", %" PRIu64 "]", separator, histogram_bucket_low(i),
                   all->counts[i], side->collected.counts[i]);
            separator = ", ";
        }
    }
    printf("]}%s\n", end);
}

static void touch(struct histogram *histogram)
{
    memset(histogram, 1, sizeof *histogram);
    __asm__ volatile("" : : "r"(histogram) : "memory");
    memset(histogram, 0, sizeof *histogram);
}

int worker_latency_run(const struct worker_latency_options *options,
                       const struct measure_options *measure)
{
    struct worker_pair found;
    worker_pair_find(&found, "--latency", options->pair, options->offset_bytes);
    struct measure_latency *const latency = allocate_zeroed(1, sizeof *latency);
    latency->op_count_max = options->op_count_max ? options->op_count_max : OPS_DEFAULT;
    latency->seconds_max = options->seconds_max;
    struct measure_latency_side *const all[] = {&latency->sides[0], &latency->sides[1],
                                                &latency->timer};
    for (size_t i = 0; i < 3; i++) {
        touch(&all[i]->all);
        touch(&all[i]->collected);
    }
    struct measure_options with_latency = *measure;
    with_latency.parameter = found.parameter;
    with_latency.latency = latency;
    struct measure_result result;
    measure_run(&found.pair, &with_latency, &result);
    if (result.error[0]) {
        fprintf(stderr, "worker: %s\n", result.error);
        free(latency);
        return 1;
    }
    printf("{\"format\": 1, \"kind\": \"latency\", \"pair\": \"%s\", \"seed\": \"%" PRIu64
           "\", \"offset\": %u, \"first\": \"%s\", \"relative_error\": %.10g,\n",
           options->pair, measure->seed, options->offset_bytes, result.b_first ? "b" : "a",
           HISTOGRAM_RELATIVE_ERROR);
    print_side("timer", &latency->timer, ",");
    print_side("a", &latency->sides[0], ",");
    print_side("b", &latency->sides[1], "}");
    free(latency);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        die("cannot write to stdout");
    }
    return 0;
}
