// A panel a pair, up to six. More would be too small to read: then those are drawn whose p99
// differs most between the sides, in the run's order, and the subtitle says so. (Not p99.9: on a
// shared core that is soon a time slice of the neighbour's.)
#include "harness/chart_percentiles.h"

#include "harness/chart_head.h"
#include "harness/histogram.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { PANEL_COUNT_MAX = 6 };

static const json_t *side_of(const json_t *pair, bool is_b)
{
    return json_object_get(pair, is_b ? "b_latency" : "a_latency");
}

// b's p99 over a's; 0 without.
static double tail_ratio(const json_t *pair)
{
    const double a = chart_field_number(side_of(pair, false), "p99_ns");
    const double b = chart_field_number(side_of(pair, true), "p99_ns");
    return a > 0 && b > 0 ? b / a : 0;
}

static double tail_distance(const json_t *pair)
{
    const double ratio = tail_ratio(pair);
    return ratio > 0 ? fabs(log(ratio)) : -1;
}

// Whether fewer than PANEL_COUNT_MAX pairs come before this one by their distance.
static bool is_shown(const json_t *pairs, size_t index)
{
    const double distance = tail_distance(json_array_get(pairs, index));
    size_t before = 0;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const double other = tail_distance(json_array_get(pairs, i));
        before += other > distance || (other == distance && i < index);
    }
    return before < PANEL_COUNT_MAX;
}

static void pair_name_write(FILE *out, const json_t *pair)
{
    const char *const parameter = chart_field_text(pair, "parameter", NULL);
    chart_field_text_write(out, chart_field_text(pair, "workload", ""));
    if (parameter) {
        fputc('/', out);
        chart_field_text_write(out, parameter);
    }
}

static const char *side_name(const char *placement)
{
    return placement[0] == 'g' && placement[1] == 'c' && !placement[2] ? "the gc heap" : placement;
}

static void title_write(FILE *out, const json_t *pairs)
{
    const json_t *widest = NULL;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (!widest || tail_distance(pair) > tail_distance(widest)) {
            widest = pair;
        }
    }
    char ratio[CHART_FIELD_RATIO_BYTES];
    fputs("# title\tThe p99 of ", out);
    pair_name_write(out, widest);
    fprintf(out, " is %s as long on ", chart_field_ratio(ratio, tail_ratio(widest)));
    chart_field_text_write(out, side_name(chart_field_text(widest, "b", "")));
    fputs(" as on ", out);
    const char *const a = chart_field_text(widest, "a", "");
    fputs(a[0] == 's' ? "the " : "", out);
    chart_field_text_write(out, side_name(a));
    fputs("\n", out);
}

static void subtitle_write(FILE *out, const json_t *latency, size_t shown, size_t count)
{
    const int launches = (int)json_integer_value(json_object_get(latency, "launches"));
    fprintf(out,
            "# subtitle\tTime of single operations, the timer's own included; circles: operations "
            "that met a collection; %d %s merged",
            launches, launches == 1 ? "launch" : "launches");
    if (shown < count) {
        fprintf(out, "; the %zu of %zu pairs whose p99 differs most", shown, count);
    }
}

// A line a bucket. The last one holds the greatest value: its share would be infinitely high on the
// axis, so it stands where half an operation is left above.
static void series_write(FILE *out, size_t panel, const json_t *pair, const char *series,
                         const json_t *side)
{
    const json_t *const buckets = json_object_get(side, "buckets");
    const double ops = chart_field_number(side, "ops");
    const size_t bucket_count = json_array_size(buckets);
    double below = 0;
    for (size_t i = 0; i < bucket_count; i++) {
        const json_t *const bucket = json_array_get(buckets, i);
        const json_int_t low = json_integer_value(json_array_get(bucket, 0));
        const bool last = i + 1 == bucket_count;
        double ns = (double)histogram_bucket_middle(histogram_bucket((uint64_t)low));
        if (last) {
            ns = chart_field_number(side, "max_ns");
        }
        below += json_number_value(json_array_get(bucket, 1));
        const double above = last ? 0.5 : ops - below;
        fprintf(out, "%zu\t", panel);
        pair_name_write(out, pair);
        fprintf(out, "\t%s\t%.6g\t%.9g\t%.6g\t%lld\n", series, ns > 0.5 ? ns : 0.5,
                100 * (1 - above / ops), log10(ops / above),
                (long long)json_integer_value(json_array_get(bucket, 2)));
    }
    fputc('\n', out);
}

int chart_percentiles_write(FILE *out, const json_t *run, struct chart_pair *chart_pairs,
                            size_t chart_count)
{
    (void)chart_pairs;
    (void)chart_count;
    const json_t *const latency = json_object_get(run, "latency");
    const json_t *const pairs = json_object_get(latency, "pairs");
    const size_t count = json_array_size(pairs);
    if (count == 0) {
        return -EINVAL;
    }
    title_write(out, pairs);
    subtitle_write(out, latency, count < PANEL_COUNT_MAX ? count : PANEL_COUNT_MAX, count);
    fputc('\n', out);
    chart_head_footer_write(out, run);
    fputs("panel\tpair\tseries\tns\tpercentile\theight\tcollected\n", out);
    size_t panel = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_shown(pairs, i)) {
            continue;
        }
        const json_t *const pair = json_array_get(pairs, i);
        panel++;
        series_write(out, panel, pair, "timer", json_object_get(pair, "timer"));
        series_write(out, panel, pair, chart_field_text(pair, "a", ""), side_of(pair, false));
        series_write(out, panel, pair, chart_field_text(pair, "b", ""), side_of(pair, true));
    }
    return 0;
}
