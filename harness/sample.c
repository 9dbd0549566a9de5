#include "harness/sample.h"

#include "base/assert.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDES(metric_base, metric_unit)                                                            \
    {"a_" metric_base, metric_base, 'a', metric_unit},                                             \
    {                                                                                              \
        "b_" metric_base, metric_base, 'b', metric_unit                                            \
    }

const struct sample_metric sample_metrics[] = {
    {"ratio", "ratio", 0, "b/a"},
    SIDES("ns", "ns/op"),
    SIDES("cpu_ns", "ns/op"),
    SIDES("gc_ns", "ns/op"),
    SIDES("allocs", "objects/op"),
    SIDES("alloc_bytes", "B/op"),
    SIDES("collections", "collections"),
    SIDES("pause_max_ns", "ns"),
    SIDES("ops", "operations"),
    {"quads", "quads", 0, "quads"},
    SIDES("disturbed", "share"),
    {"sentinel_slowdown", "sentinel_slowdown", 0, "p95/p50"},
    {"steal", "steal", 0, "share"},
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

static enum sample_outcome read_counters(struct sample *sample, const json_t *benchmark,
                                         char error[SAMPLE_ERROR_BYTES])
{
    for (size_t i = 0; i < sample_metric_count; i++) {
        const char *const name = sample_metrics[i].name;
        const json_t *const value = json_object_get(benchmark, name);
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
