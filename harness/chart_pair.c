#include "harness/chart_pair.h"

#include "base/assert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *series_of(const struct chart_pair *pair)
{
    if (strcmp(pair->a, pair->b) == 0) {
        return "control";
    }
    const bool known = strcmp(pair->b, "gc") == 0 || strcmp(pair->b, "malloc") == 0;
    return known && strcmp(pair->a, "stack") == 0 ? pair->b : "other";
}

// Reads one element of "pairs" or "controls"; false when it has not their shape.
static bool pair_read(struct chart_pair *pair, const json_t *object)
{
    *pair = (struct chart_pair){
        .workload = chart_field_text(object, "workload", NULL),
        .parameter = chart_field_text(object, "parameter", NULL),
        .a = chart_field_text(object, "a", NULL),
        .b = chart_field_text(object, "b", NULL),
        .verdict = chart_field_text(object, "verdict", "not measured"),
        .parameter_value = chart_field_number(object, "parameter_value"),
        .launches_count = (int)json_integer_value(json_object_get(object, "launches")),
        .ratio = chart_field_estimate(object, "ratio", "ratio_low", "ratio_high"),
    };
    if (!pair->workload || !pair->a || !pair->b) {
        return false;
    }
    pair->metrics = json_object_get(object, "metrics");
    const json_t *a_ns = json_object_get(pair->metrics, "a_ns");
    const json_t *b_ns = json_object_get(pair->metrics, "b_ns");
    pair->a_ns = chart_field_estimate(a_ns, "value", "low", "high");
    pair->b_ns = chart_field_estimate(b_ns, "value", "low", "high");
    pair->series = series_of(pair);
    return true;
}

// Whether the charts leave the pair out: where a heap was measured against the stack they are about
// that, and the table has what became of `auto`.
static bool is_aside(const struct chart_pair *pair, bool has_heap)
{
    return has_heap && (strcmp(pair->a, "auto") == 0 || strcmp(pair->b, "auto") == 0);
}

static size_t without_auto(struct chart_pair *pairs, size_t count)
{
    bool has_heap = false;
    for (size_t i = 0; i < count; i++) {
        has_heap |=
            chart_pair_is_series(&pairs[i], "gc") || chart_pair_is_series(&pairs[i], "malloc");
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_aside(&pairs[i], has_heap)) {
            pairs[kept++] = pairs[i];
        }
    }
    return kept;
}

int chart_pair_read_all(struct chart_pair **pairs, size_t *count, const json_t *run)
{
    const json_t *arrays[] = {json_object_get(run, "pairs"), json_object_get(run, "controls")};
    if (!json_is_array(arrays[0]) || (arrays[1] && !json_is_array(arrays[1]))) {
        return -EINVAL;
    }
    const size_t capacity = json_array_size(arrays[0]) + json_array_size(arrays[1]);
    struct chart_pair *read = calloc(capacity + 1, sizeof *read);
    if (!read) {
        return -ENOMEM;
    }
    size_t used = 0;
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < json_array_size(arrays[i]); j++) {
            if (!pair_read(&read[used++], json_array_get(arrays[i], j))) {
                free(read);
                return -EINVAL;
            }
        }
    }
    ASSERT(used == capacity);
    *pairs = read;
    *count = without_auto(read, used);
    return 0;
}

bool chart_pair_is_series(const struct chart_pair *pair, const char *series)
{
    return strcmp(pair->series, series) == 0;
}

bool chart_pair_is_verdict(const struct chart_pair *pair, const char *verdict)
{
    return strcmp(pair->verdict, verdict) == 0;
}

struct chart_tally chart_pair_tally(const struct chart_pair *pairs, size_t count,
                                    const char *series)
{
    struct chart_tally tally = {0};
    for (size_t i = 0; i < count; i++) {
        if (!chart_pair_is_series(&pairs[i], series)) {
            continue;
        }
        tally.pair_count++;
        tally.equivalent_count += chart_pair_is_verdict(&pairs[i], "equivalent");
        tally.faster_count += chart_pair_is_verdict(&pairs[i], "faster");
        if (chart_pair_is_verdict(&pairs[i], "slower")) {
            tally.slower_count++;
            tally.slower_max = fmax(tally.slower_max, pairs[i].ratio.value);
        }
    }
    ASSERT(tally.slower_count + tally.faster_count + tally.equivalent_count <= tally.pair_count);
    return tally;
}

void chart_pair_ratio_write(FILE *out, const struct chart_pair *pair)
{
    char buffer[CHART_FIELD_RATIO_BYTES];
    chart_field_estimate_write(out, &pair->ratio);
    fprintf(out, "\t%s\t", chart_field_ratio(buffer, pair->ratio.value));
    chart_field_text_write(out, pair->verdict);
}

void chart_pair_label_write(FILE *out, const struct chart_pair *pair)
{
    fputs(chart_pair_is_series(pair, "control") ? "A/A " : "", out);
    chart_field_text_write(out, pair->workload);
    if (pair->parameter) {
        fputc('/', out);
        chart_field_text_write(out, pair->parameter);
    }
    if (chart_pair_is_series(pair, "control")) {
        fputs(", ", out);
        chart_field_text_write(out, pair->a);
    } else if (chart_pair_is_series(pair, "other")) {
        fputs(", ", out);
        chart_field_text_write(out, pair->b);
        fputs(" ÷ ", out);
        chart_field_text_write(out, pair->a);
    }
}

int chart_pair_rows_assign(struct chart_pair *pairs, size_t count)
{
    int row_count = 0;
    int pair_count = 0;
    for (size_t i = 0; i < count; i++) {
        const bool gc = chart_pair_is_series(&pairs[i], "gc");
        const bool shares = gc || chart_pair_is_series(&pairs[i], "malloc");
        for (size_t j = 0; shares && j < i && !pairs[i].row; j++) {
            const bool other = chart_pair_is_series(&pairs[j], gc ? "malloc" : "gc");
            const char *ours = pairs[i].parameter ? pairs[i].parameter : "";
            const char *theirs = pairs[j].parameter ? pairs[j].parameter : "";
            if (other && strcmp(pairs[i].workload, pairs[j].workload) == 0 &&
                strcmp(ours, theirs) == 0) {
                pairs[i].row = pairs[j].row;
            }
        }
        if (!pairs[i].row) {
            pairs[i].row = ++row_count;
        }
        pair_count += !chart_pair_is_series(&pairs[i], "control");
    }
    return pair_count;
}
