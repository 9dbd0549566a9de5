// A curve a workload, level, placement and source: simulated and hardware counts stand side by side
// here, for a reader to compare them, and are told apart by the column `source`.
#include "harness/chart_misses.h"

#include "base/assert.h"
#include "harness/chart_counter.h"
#include "harness/chart_misses_title.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Workloads whose parameter is the number of bytes that an operation goes through. For others the
// working set is the heap's, or a part of the parameter, and no axis of this chart.
static const char *const workloads[] = {"pointer_walk", "pointer_chase"};

static const char *const series_names[] = {"stack", "gc", "malloc"};

static const struct {
    const char *name;
    const char *event;
} levels[CHART_MISSES_LEVEL_COUNT] = {
    [CHART_MISSES_L1D] = {"L1D", "l1d_misses"},
    [CHART_MISSES_LL] = {"LL", "ll_misses"},
};

enum {
    WORKLOAD_COUNT = sizeof workloads / sizeof workloads[0],
    SERIES_COUNT = sizeof series_names / sizeof series_names[0],
};

static int by_size(const void *left, const void *right)
{
    const struct chart_pair *a = left, *b = right;
    if (a->parameter_value != b->parameter_value) {
        return a->parameter_value < b->parameter_value ? -1 : 1;
    }
    return strcmp(a->series, b->series); // gc before malloc
}

// Keeps the pairs whose parameter is a working set, sorted by it.
static size_t pairs_select(struct chart_pair *pairs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t j = 0; j < WORKLOAD_COUNT; j++) {
            known = known || strcmp(pairs[i].workload, workloads[j]) == 0;
        }
        const bool against_stack =
            chart_pair_is_series(&pairs[i], "gc") || chart_pair_is_series(&pairs[i], "malloc");
        if (known && against_stack && pairs[i].parameter &&
            !isnan(chart_field_positive(pairs[i].parameter_value))) {
            pairs[kept++] = pairs[i];
        }
    }
    qsort(pairs, kept, sizeof *pairs, by_size);
    return kept;
}

struct curve {
    size_t workload;
    enum chart_misses_level level;
    size_t series;
    enum chart_counter_source source;
};

// The points of one curve. The stack is a side of two pairs of a size, gc and malloc: the first one
// stands for it.
static size_t curve_collect(struct chart_misses_point *points, const struct curve *curve,
                            const struct chart_pair *pairs, size_t count)
{
    const bool is_stack = curve->series == 0;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const double size_bytes = pairs[i].parameter_value;
        const bool again = used > 0 && points[used - 1].size_bytes == size_bytes;
        if (strcmp(pairs[i].workload, workloads[curve->workload]) != 0 || again ||
            (!is_stack && !chart_pair_is_series(&pairs[i], series_names[curve->series]))) {
            continue;
        }
        const struct chart_estimate misses =
            chart_counter_read(&pairs[i], !is_stack, levels[curve->level].event, curve->source);
        if (!isnan(misses.value)) {
            points[used++] = (struct chart_misses_point){
                .workload = pairs[i].workload,
                .size = pairs[i].parameter,
                .size_bytes = size_bytes,
                .series = series_names[curve->series],
                .level = curve->level,
                .source = curve->source,
                .misses = misses,
                .active_share = curve->source == CHART_COUNTER_HARDWARE
                                    ? chart_counter_active_share(&pairs[i], !is_stack,
                                                                 levels[curve->level].event)
                                    : (double)NAN,
            };
        }
    }
    return used;
}

// Into an array with room for both sides, levels and sources of every pair.
static size_t points_collect(struct chart_misses_point *points, const struct chart_pair *pairs,
                             size_t count)
{
    size_t used = 0;
    struct curve curve = {0};
    for (curve.workload = 0; curve.workload < WORKLOAD_COUNT; curve.workload++) {
        for (curve.level = 0; curve.level < CHART_MISSES_LEVEL_COUNT; curve.level++) {
            for (curve.series = 0; curve.series < SERIES_COUNT; curve.series++) {
                for (curve.source = 0; curve.source < CHART_COUNTER_SOURCE_COUNT; curve.source++) {
                    used += curve_collect(&points[used], &curve, pairs, count);
                }
            }
        }
    }
    return used;
}

// The bytes of "32K" or "8M", as sysfs has them; NAN for anything else.
static double bytes_of(const char *text)
{
    char *end;
    const double value = strtod(text, &end);
    const double factor = *end == 'K' ? 1024 : *end == 'M' ? 1024 * 1024 : 0;
    return factor > 0 && !end[1] ? chart_field_positive(value * factor) : (double)NAN;
}

// The first or the last data cache of the core that was measured on; NAN where the run does not
// know.
static double machine_cache_bytes(const json_t *run, enum chart_misses_level level)
{
    const json_t *const cpu = json_object_get(json_object_get(run, "environment"), "cpu");
    const json_t *const caches = json_object_get(cpu, "caches");
    double bytes = NAN;
    for (size_t i = 0; i < json_array_size(caches); i++) {
        const json_t *const cache = json_array_get(caches, i);
        const bool first = strcmp(chart_field_text(cache, "level", ""), "1") == 0;
        const bool data = strcmp(chart_field_text(cache, "type", ""), "Instruction") != 0;
        if (data && first == (level == CHART_MISSES_L1D)) {
            bytes = bytes_of(chart_field_text(cache, "size", ""));
        }
    }
    return bytes;
}

static void size_write(FILE *out, const char *key, double bytes)
{
    if (bytes > 0) {
        fprintf(out, "# %s\t%.0f\n", key, bytes);
    }
}

static void head_write(FILE *out, const json_t *run, const struct chart_misses_point *points,
                       size_t count)
{
    const json_t *const counters = json_object_get(run, "counters");
    bool sources[CHART_COUNTER_SOURCE_COUNT] = {false};
    double active_share = NAN; // the least
    for (size_t i = 0; i < count; i++) {
        sources[points[i].source] = true;
        active_share = fmin(active_share, points[i].active_share);
    }
    chart_misses_title_write(out, points, count, chart_field_number(counters, "line_bytes"));
    fputs("# subtitle\tCache misses per operation, once around a ring, over its size; log axes; ",
          out);
    chart_counter_sources_write(out, run, sources);
    fputc('\n', out);
    chart_counter_footer_write(out, run, sources, active_share);
    const bool simulated = sources[CHART_COUNTER_SIMULATED];
    const bool hardware = sources[CHART_COUNTER_HARDWARE];
    size_write(out, "line_bytes", chart_field_number(counters, "line_bytes"));
    size_write(out, "model_L1D_bytes",
               simulated ? chart_field_number(counters, "l1d_bytes") : (double)NAN);
    size_write(out, "model_LL_bytes",
               simulated ? chart_field_number(counters, "ll_bytes") : (double)NAN);
    size_write(out, "machine_L1D_bytes",
               hardware ? machine_cache_bytes(run, CHART_MISSES_L1D) : (double)NAN);
    size_write(out, "machine_LL_bytes",
               hardware ? machine_cache_bytes(run, CHART_MISSES_LL) : (double)NAN);
}

static void point_write(FILE *out, size_t panel, const struct chart_misses_point *point)
{
    fprintf(out, "%zu\t", panel);
    chart_field_text_write(out, point->workload);
    fprintf(out, "\t%s\t%s\t%s", levels[point->level].name, point->series,
            chart_counter_source_name(point->source));
    fprintf(out, "\t%.0f\t", point->size_bytes);
    chart_field_text_write(out, point->size);
    chart_field_estimate_write(out, &point->misses);
    chart_field_number_write(out, point->active_share);
    fputc('\n', out);
}

int chart_misses_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    count = pairs_select(pairs, count);
    const size_t capacity = count * 2 * CHART_MISSES_LEVEL_COUNT * CHART_COUNTER_SOURCE_COUNT;
    struct chart_misses_point *const points = calloc(capacity + 1, sizeof *points);
    if (!points) {
        return -ENOMEM;
    }
    const size_t point_count = points_collect(points, pairs, count);
    ASSERT(point_count <= capacity);
    if (point_count > 0) {
        head_write(out, run, points, point_count);
        fputs("panel\tworkload\tlevel\tseries\tsource\tsize_bytes\tsize\tmisses\tmisses_low\t"
              "misses_high\tactive_share\n",
              out);
    }
    size_t panel = 0;
    for (size_t i = 0; i < point_count; i++) {
        panel += i == 0 || strcmp(points[i].workload, points[i - 1].workload) != 0;
        point_write(out, panel, &points[i]);
    }
    free(points);
    return point_count > 0 ? 0 : -EINVAL;
}
