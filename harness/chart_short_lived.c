#include "harness/chart_short_lived.h"

#include "base/assert.h"
#include "harness/chart_field.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int by_size_then_series(const void *left, const void *right)
{
    const struct chart_pair *a = left;
    const struct chart_pair *b = right;
    if (a->parameter_value != b->parameter_value) {
        return a->parameter_value < b->parameter_value ? -1 : 1;
    }
    return strcmp(a->series, b->series); // gc before malloc
}

// "20× a stack one" or "the same (within 1.4 %) as a stack one"; the second half only where `full`.
static void cost_write(FILE *out, const json_t *run, const struct chart_pair *pair, bool full)
{
    char buffer[CHART_FIELD_RATIO_BYTES];
    const bool same = chart_pair_is_verdict(pair, "equivalent");
    fputs(same ? "the same (" : chart_field_ratio(buffer, pair->ratio.value), out);
    if (same) {
        chart_head_within_write(out, run);
        fputs(")", out);
    }
    if (full) {
        fputs(same ? " as a stack one" : " a stack one", out);
    }
    if (chart_pair_is_verdict(pair, "inconclusive") ||
        chart_pair_is_verdict(pair, "depends on layout")) {
        fprintf(out, " (%s)", pair->verdict);
    }
    fputs(" at ", out);
    chart_field_text_write(out, pair->parameter);
}

// Speaks of the smallest and the largest size: of the gc heap where measured, else of malloc.
static void title_write(FILE *out, const json_t *run, const struct chart_pair *pairs, size_t count)
{
    const char *series = chart_pair_tally(pairs, count, "gc").pair_count > 0 ? "gc" : "malloc";
    const struct chart_pair *first = NULL;
    const struct chart_pair *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (chart_pair_is_series(&pairs[i], series)) {
            first = first ? first : &pairs[i];
            last = &pairs[i];
        }
    }
    ASSERT(first);
    fprintf(out, "# title\tA %s object costs ", strcmp(series, "gc") == 0 ? "gc-heap" : "malloc");
    cost_write(out, run, first, true);
    if (last != first && chart_pair_is_verdict(first, "equivalent") &&
        chart_pair_is_verdict(last, "equivalent")) {
        fputs(" and at ", out);
        chart_field_text_write(out, last->parameter);
    } else if (last != first) {
        fputs(", ", out);
        cost_write(out, run, last, false);
    }
    fputc('\n', out);
}

// Keeps the pairs the sweep can draw, sorted by size; returns their number.
static size_t pairs_select(struct chart_pair *pairs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct chart_pair *pair = &pairs[i];
        const bool known = chart_pair_is_series(pair, "gc") || chart_pair_is_series(pair, "malloc");
        if (known && strcmp(pair->workload, "short_lived") == 0 && pair->parameter &&
            !isnan(chart_field_positive(pair->parameter_value)) && !isnan(pair->ratio.value)) {
            pairs[kept++] = *pair;
        }
    }
    qsort(pairs, kept, sizeof *pairs, by_size_then_series);
    return kept;
}

static void point_write(FILE *out, const struct chart_pair *pair, const char *series,
                        const struct chart_estimate *ns)
{
    fprintf(out, "%.6g\t", pair->parameter_value);
    chart_field_text_write(out, pair->parameter);
    fprintf(out, "\t%s", series);
    chart_field_estimate_write(out, ns);
}

int chart_short_lived_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    count = pairs_select(pairs, count);
    if (count == 0) {
        return -EINVAL;
    }
    title_write(out, run, pairs, count);
    // Short, for the picture gives a subtitle one line.
    fputs("# subtitle\tTime to create, fill, read, drop an object; below, ratio to the stack's: "
          "median, 95 % interval of ",
          out);
    chart_head_launches_write(out, pairs, count);
    fprintf(out, "; %zu %s", count, count == 1 ? "pair" : "pairs");
    chart_head_end_write(out, run);
    fputs("size_bytes\tsize\tseries\tns\tns_low\tns_high\t"
          "ratio\tratio_low\tratio_high\tratio_text\tverdict\tlabel_side\n",
          out);
    for (size_t i = 0; i < count; i++) {
        const struct chart_pair *pair = &pairs[i];
        const bool first = i == 0 || pair[-1].parameter_value != pair->parameter_value;
        const bool last = i + 1 == count || pair[1].parameter_value != pair->parameter_value;
        if (first) {
            point_write(out, pair, "stack", &pair->a_ns);
            fputs("\t\t\t\t\t\t\n", out);
        }
        // The neighbour of the same size, if any, is the other series: the greater ratio's text
        // goes above. A text alone keeps off the line at 1.
        const struct chart_pair *other = first ? (last ? NULL : pair + 1) : pair - 1;
        const double beside = other ? other->ratio.value : 1;
        const bool above = pair->ratio.value > beside || (pair->ratio.value == beside && first);
        point_write(out, pair, pair->series, &pair->b_ns);
        chart_pair_ratio_write(out, pair);
        fprintf(out, "\t%s\n%s", above ? "above" : "below", last ? "\n" : "");
    }
    return 0;
}
