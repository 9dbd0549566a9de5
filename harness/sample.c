#include "harness/sample.h"

#include "base/assert.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE(side, side_char, metric_base, metric_unit, metric_source)                             \
    {side "_" metric_base, metric_base, side_char, metric_unit, metric_source}
#define SIDES(metric_base, metric_unit)                                                            \
    SIDE("a", 'a', metric_base, metric_unit, "measured"),                                          \
        SIDE("b", 'b', metric_base, metric_unit, "measured")
#define OPTIONAL(metric_base, metric_unit)                                                         \
    SIDE("a", 'a', metric_base, metric_unit, "noted"),                                             \
        SIDE("b", 'b', metric_base, metric_unit, "noted")
#define SOFTWARE(metric_base, metric_unit)                                                         \
    SIDE("a", 'a', metric_base, metric_unit, "software"),                                          \
        SIDE("b", 'b', metric_base, metric_unit, "software")
#define HARDWARE(metric_base, metric_unit)                                                         \
    SIDE("a", 'a', metric_base, metric_unit, "hardware"),                                          \
        SIDE("a", 'a', metric_base "_active_share", "share", NULL),                                \
        SIDE("b", 'b', metric_base, metric_unit, "hardware"),                                      \
        SIDE("b", 'b', metric_base "_active_share", "share", NULL)

const struct sample_metric sample_metrics[] = {
    {"ratio", "ratio", 0, "b/a", "measured"},
    SIDES("ns", "ns/op"),
    SIDES("cpu_ns", "ns/op"),
    SIDES("gc_ns", "ns/op"),
    SIDES("allocs", "objects/op"),
    SIDES("alloc_bytes", "B/op"),
    SIDES("collections", "collections"),
    SIDES("pause_max_ns", "ns"),
    SIDES("ops", "operations"),
    {"quads", "quads", 0, "quads", "measured"},
    SIDES("disturbed", "share"),
    {"sentinel_slowdown", "sentinel_slowdown", 0, "p95/p50", "measured"},
    {"steal", "steal", 0, "share", "measured"},
    OPTIONAL("memory_bytes", "B each"),
    SOFTWARE("task_clock_ns", "ns/op"),
    SOFTWARE("page_faults", "faults/op"),
    SOFTWARE("context_switches", "switches/op"),
    SOFTWARE("migrations", "migrations/op"),
    HARDWARE("hw_cycles", "cycles/op"),
    HARDWARE("hw_instructions", "instructions/op"),
    HARDWARE("hw_l1d_misses", "misses/op"),
    HARDWARE("hw_ll_misses", "misses/op"),
    HARDWARE("hw_dtlb_misses", "misses/op"),
    HARDWARE("hw_branch_misses", "misses/op"),
};
const size_t sample_metric_count = sizeof sample_metrics / sizeof sample_metrics[0];

_Static_assert(sizeof sample_metrics / sizeof sample_metrics[0] <= SAMPLE_METRIC_COUNT_MAX,
               "a sample has room for every metric");

size_t sample_metric_index(const char *name)
{
    size_t index = 0;
    while (index < sample_metric_count && strcmp(sample_metrics[index].name, name) != 0) {
        index++;
    }
    ASSERT(index < sample_metric_count);
    return index;
}

// The benchmark whose name is `pair_name` with Google Benchmark's "/iterations:1..." behind it.
static json_t *find_benchmark(const json_t *root, const char *pair_name)
{
    const json_t *const benchmarks = json_object_get(root, "benchmarks");
    const size_t length = strlen(pair_name);
    for (size_t i = 0; i < json_array_size(benchmarks); i++) {
        json_t *const benchmark = json_array_get(benchmarks, i);
        const char *const name = json_string_value(json_object_get(benchmark, "name"));
        if (name && strncmp(name, pair_name, length) == 0 &&
            (name[length] == '\0' || name[length] == '/')) {
            return benchmark;
        }
    }
    return NULL;
}

static bool is_required(const struct sample_metric *metric)
{
    return metric->source && strcmp(metric->source, "measured") == 0;
}

static enum sample_outcome read_counters(struct sample *sample, const json_t *benchmark,
                                         char error[SAMPLE_ERROR_BYTES])
{
    for (size_t i = 0; i < sample_metric_count; i++) {
        const char *const name = sample_metrics[i].name;
        const json_t *const value = json_object_get(benchmark, name);
        if (!value && !is_required(&sample_metrics[i])) {
            sample->values[i] = (double)NAN;
            continue;
        }
        if (!json_is_number(value) || !isfinite(json_number_value(value))) {
            snprintf(error, SAMPLE_ERROR_BYTES, "the counter '%s' is %s", name,
                     value ? "not a number" : "missing");
            return SAMPLE_BROKEN;
        }
        sample->values[i] = json_number_value(value);
    }
    if (sample->values[0] <= 0) {
        snprintf(error, SAMPLE_ERROR_BYTES, "the ratio is %g, expected a positive number",
                 sample->values[0]);
        return SAMPLE_BROKEN;
    }
    sample->b_first = json_number_value(json_object_get(benchmark, "b_first")) > 0.5;
    sample->measured = true;
    return SAMPLE_OK;
}

enum sample_outcome sample_parse(struct sample *sample, const char *text, const char *pair_name,
                                 json_t **context, char error[SAMPLE_ERROR_BYTES])
{
    *sample = (struct sample){0};
    json_error_t why;
    json_t *const root = json_loads(text, 0, &why);
    if (!root) {
        snprintf(error, SAMPLE_ERROR_BYTES, "its output is not JSON: line %d: %s", why.line,
                 *text ? why.text : "nothing was printed");
        return SAMPLE_BROKEN;
    }
    enum sample_outcome outcome = SAMPLE_BROKEN;
    const json_t *const benchmark = find_benchmark(root, pair_name);
    if (!benchmark) {
        snprintf(error, SAMPLE_ERROR_BYTES, "its output has no benchmark '%s'", pair_name);
    } else if (json_is_true(json_object_get(benchmark, "error_occurred"))) {
        const char *const message = json_string_value(json_object_get(benchmark, "error_message"));
        snprintf(error, SAMPLE_ERROR_BYTES, "%s", message ? message : "an error without message");
        outcome = SAMPLE_REFUSED;
    } else {
        outcome = read_counters(sample, benchmark, error);
    }
    if (outcome == SAMPLE_OK && context) {
        *context = json_incref(json_object_get(root, "context"));
    }
    json_decref(root);
    return outcome;
}
