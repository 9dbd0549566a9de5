// One source for the whole chart, so that no row and no median mixes two: hardware where it counted
// every pair that was counted at all, else the simulation.
#include "harness/chart_instructions.h"

#include "base/assert.h"
#include "harness/chart_counter.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const char *const event = "instructions";

static double value_of(const struct chart_pair *pair, bool side_b, enum chart_counter_source source)
{
    return chart_field_positive(chart_counter_read(pair, side_b, event, source).value);
}

static double ratio_of(const struct chart_pair *pair, enum chart_counter_source source)
{
    return value_of(pair, true, source) / value_of(pair, false, source);
}

static bool has(const struct chart_pair *pair, enum chart_counter_source source)
{
    return !isnan(ratio_of(pair, source));
}

static enum chart_counter_source source_choose(const struct chart_pair *pairs, size_t count)
{
    size_t hardware_count = 0, simulated_only_count = 0;
    for (size_t i = 0; i < count; i++) {
        const bool hardware = has(&pairs[i], CHART_COUNTER_HARDWARE);
        hardware_count += hardware;
        simulated_only_count += !hardware && has(&pairs[i], CHART_COUNTER_SIMULATED);
    }
    return hardware_count > 0 && simulated_only_count == 0 ? CHART_COUNTER_HARDWARE
                                                           : CHART_COUNTER_SIMULATED;
}

// A pair that is drawn.
struct entry {
    const struct chart_pair *pair;
    double ratio;
    double rank; // the first ratio of its row: rows are ordered by it
};

static int by_rank(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->rank != b->rank) {
        return a->rank > b->rank ? -1 : 1;
    }
    return a->pair->row != b->pair->row
               ? (a->pair->row > b->pair->row) - (a->pair->row < b->pair->row)
               : (a->pair > b->pair) - (a->pair < b->pair);
}

static int by_ratio(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// Collects what was counted by this source and is no control, the greatest ratio first; what shares
// a row with it comes behind it. Returns how many there are.
static size_t entries_collect(struct entry *entries, struct chart_pair *pairs, size_t count,
                              enum chart_counter_source source)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (has(&pairs[i], source) && !chart_pair_is_series(&pairs[i], "control")) {
            pairs[kept++] = pairs[i];
        }
    }
    chart_pair_rows_assign(pairs, kept);
    for (size_t i = 0; i < kept; i++) {
        const double ratio = ratio_of(&pairs[i], source);
        entries[i] = (struct entry){.pair = &pairs[i], .ratio = ratio, .rank = ratio};
        for (size_t j = 0; j < i; j++) {
            if (pairs[j].row == pairs[i].row) {
                entries[i].rank = entries[j].rank;
                break;
            }
        }
    }
    qsort(entries, kept, sizeof *entries, by_rank);
    return kept;
}

// Speaks of the gc heap where measured, else of malloc, else of what there is. `ratios` has room
// for `count`.
static void title_write(FILE *out, const struct entry *entries, size_t count, double *ratios)
{
    static const struct {
        const char *series;
        const char *subject;
        const char *object;
    } rows[] = {{"gc", "The gc heap", "the stack's"},
                {"malloc", "The malloc heap", "the stack's"},
                {"other", "The second placement", "the first's"}};
    size_t row = 0, ratio_count = 0;
    for (; row < sizeof rows / sizeof rows[0]; row++) {
        for (size_t i = 0; i < count; i++) {
            if (chart_pair_is_series(entries[i].pair, rows[row].series)) {
                ratios[ratio_count++] = entries[i].ratio;
            }
        }
        if (ratio_count > 0) {
            break;
        }
    }
    ASSERT(ratio_count > 0);
    qsort(ratios, ratio_count, sizeof *ratios, by_ratio);
    const size_t last = ratio_count - 1;
    char low[CHART_FIELD_RATIO_BYTES], median[CHART_FIELD_RATIO_BYTES],
        high[CHART_FIELD_RATIO_BYTES];
    fprintf(out, "# title\t%s executes %s %s instructions", rows[row].subject,
            chart_field_ratio(median, (ratios[last / 2] + ratios[(last + 1) / 2]) / 2),
            rows[row].object);
    if (ratio_count == 1) {
        fputs(" in the one pair\n", out);
    } else {
        fprintf(out, " (median of %zu pairs: %s to %s)\n", ratio_count,
                chart_field_ratio(low, ratios[0]), chart_field_ratio(high, ratios[last]));
    }
}

// Of the side's count; NAN for simulated ones.
static double active_share_of(const struct entry *entry, bool side_b,
                              enum chart_counter_source source)
{
    return source == CHART_COUNTER_HARDWARE ? chart_counter_active_share(entry->pair, side_b, event)
                                            : (double)NAN;
}

static double active_share_least(const struct entry *entries, size_t count,
                                 enum chart_counter_source source)
{
    double least = NAN;
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, active_share_of(&entries[i], false, source));
        least = fmin(least, active_share_of(&entries[i], true, source));
    }
    return least;
}

static void point_write(FILE *out, int row, const struct entry *entry, bool side_b,
                        enum chart_counter_source source)
{
    const struct chart_estimate counted = chart_counter_read(entry->pair, side_b, event, source);
    fprintf(out, "%d\t", row);
    chart_pair_label_write(out, entry->pair);
    fputs("\t", out);
    chart_field_text_write(out, side_b ? entry->pair->b : entry->pair->a);
    fprintf(out, "\t%s\t%s", entry->pair->series, chart_counter_source_name(source));
    chart_field_estimate_write(out, &counted);
    chart_field_number_write(out, active_share_of(entry, side_b, source));
    if (side_b) {
        char text[CHART_FIELD_RATIO_BYTES];
        chart_field_number_write(out, entry->ratio);
        fprintf(out, "\t%s\n", chart_field_ratio(text, entry->ratio));
    } else {
        fputs("\t\t\n", out);
    }
}

static void table_write(FILE *out, const json_t *run, const struct entry *entries, size_t count,
                        double *ratios, enum chart_counter_source source)
{
    title_write(out, entries, count, ratios);
    bool sources[CHART_COUNTER_SOURCE_COUNT] = {false};
    sources[source] = true;
    fprintf(out, "# subtitle\tInstructions per operation, log axis, %zu %s; ", count,
            count == 1 ? "pair" : "pairs");
    chart_counter_sources_write(out, run, sources);
    fputc('\n', out);
    chart_counter_footer_write(out, run, sources, active_share_least(entries, count, source));
    fputs("row\tlabel\tplacement\tseries\tsource\tinstructions\tinstructions_low\t"
          "instructions_high\tactive_share\tratio\tratio_text\n",
          out);
    int row = 0;
    for (size_t i = 0; i < count; i++) {
        row += i == 0 || entries[i].pair->row != entries[i - 1].pair->row;
        point_write(out, row, &entries[i], false, source);
        point_write(out, row, &entries[i], true, source);
        fputc('\n', out);
    }
}

int chart_instructions_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    const enum chart_counter_source source = source_choose(pairs, count);
    struct entry *const entries = calloc(count + 1, sizeof *entries);
    double *const ratios = calloc(count + 1, sizeof *ratios);
    int status = -ENOMEM;
    if (entries && ratios) {
        const size_t kept = entries_collect(entries, pairs, count, source);
        status = kept > 0 ? 0 : -EINVAL;
        if (kept > 0) {
            table_write(out, run, entries, kept, ratios, source);
        }
    }
    free(ratios);
    free(entries);
    return status;
}
