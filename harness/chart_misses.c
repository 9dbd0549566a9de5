#include "harness/chart_misses.h"

#include "harness/chart_field.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *level;
    const char *series;
    const char *metric;
} curves[] = {
    {"l1", "stack", "a_l1d_misses"},
    {"l1", "gc", "b_l1d_misses"},
    {"ll", "stack", "a_ll_misses"},
    {"ll", "gc", "b_ll_misses"},
};

static double metric_of(const json_t *pair, const char *metric)
{
    const json_t *const found = json_object_get(json_object_get(pair, "metrics"), metric);
    const bool simulated = strcmp(chart_field_text(found, "source", ""), "simulated") == 0;
    return simulated ? chart_field_number(found, "value") : NAN;
}

static bool is_drawn(const json_t *pair)
{
    return strcmp(chart_field_text(pair, "workload", ""), "pointer_chase") == 0 &&
           strcmp(chart_field_text(pair, "a", ""), "stack") == 0 &&
           strcmp(chart_field_text(pair, "b", ""), "gc") == 0 &&
           chart_field_number(pair, "parameter_value") > 0 &&
           !isnan(metric_of(pair, "a_l1d_misses"));
}

// One curve, its sizes in the order of the run, which is ascending.
static size_t curve_write(FILE *out, const json_t *pairs, size_t curve, double line_bytes)
{
    size_t written = 0;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (!is_drawn(pair)) {
            continue;
        }
        const double size_bytes = chart_field_number(pair, "parameter_value");
        const double misses = metric_of(pair, curves[curve].metric) / (size_bytes / line_bytes);
        fprintf(out, "%.6g\t", size_bytes);
        chart_field_text_write(out, chart_field_text(pair, "parameter", ""));
        fprintf(out, "\t%s\t%s\t%.6g\n", curves[curve].series, curves[curve].level, misses);
        written++;
    }
    fputs("\n\n", out);
    return written;
}

int chart_misses_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    (void)pairs;
    (void)count;
    const json_t *const all = json_object_get(run, "pairs");
    const json_t *const counters = json_object_get(run, "counters");
    const double line_bytes = chart_field_number(counters, "line_bytes");
    size_t drawn_count = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        drawn_count += is_drawn(json_array_get(all, i));
    }
    if (drawn_count == 0 || !(line_bytes > 0)) {
        return -EINVAL;
    }
    fputs("# title\tA ring that fits a cache misses nothing; a larger one misses at every node\n"
          "# subtitle\tShuffled ring of 64-byte nodes, misses a visited node; simulated (hollow): ",
          out);
    chart_field_text_write(out, chart_field_text(counters, "tool", "callgrind"));
    fputs(", ", out);
    chart_field_text_write(out, chart_field_text(counters, "model", "unknown caches"));
    fputc('\n', out);
    chart_head_footer_write(out, run);
    fprintf(out, "# l1_bytes\t%.0f\n# ll_bytes\t%.0f\n", chart_field_number(counters, "l1d_bytes"),
            chart_field_number(counters, "ll_bytes"));
    fputs("size_bytes\tsize\tseries\tlevel\tmisses\n", out);
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        curve_write(out, all, i, line_bytes);
    }
    return 0;
}
