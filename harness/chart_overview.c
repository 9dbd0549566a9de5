// Titles are chosen by counting verdicts: a number that the verdicts do not support never gets into
// one.
#include "harness/chart_overview.h"

#include "harness/chart_field.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <stdbool.h>

// "The gc heap is slower than the stack in 7 of 10 pairs (up to 20×), faster in 1"
static void comparison_title_write(FILE *out, const json_t *run, const char *subject,
                                   const struct chart_tally *tally)
{
    const int count = tally->pair_count;
    char share[64];
    snprintf(share, sizeof share, "the one pair");
    if (count > 1) {
        snprintf(share, sizeof share, "all %d pairs", count);
    }
    char buffer[CHART_FIELD_RATIO_BYTES];
    if (tally->equivalent_count == count) {
        fprintf(out, "%s and the stack are equivalent ", subject);
        chart_head_within_write(out, run);
        fprintf(out, " in %s", share);
    } else if (tally->slower_count > 0) {
        if (tally->slower_count < count) {
            snprintf(share, sizeof share, "%d of %d pairs", tally->slower_count, count);
        }
        fprintf(out, "%s is slower than the stack in %s", subject, share);
        const bool single = tally->slower_count == 1;
        fprintf(out, single ? " (%s)" : " (up to %s)",
                chart_field_ratio(buffer, tally->slower_max));
        if (tally->faster_count > 0) {
            fprintf(out, ", faster in %d", tally->faster_count);
        }
    } else if (tally->faster_count > 0) {
        if (tally->faster_count < count) {
            snprintf(share, sizeof share, "%d of %d pairs", tally->faster_count, count);
        }
        fprintf(out, "%s is faster than the stack in %s", subject, share);
    } else {
        fprintf(out, "%s is called neither slower nor faster than the stack in %s", subject, share);
    }
}

static void title_write(FILE *out, const json_t *run, const struct chart_pair *pairs, size_t count)
{
    fputs("# title\t", out);
    const struct chart_tally gc = chart_pair_tally(pairs, count, "gc");
    const struct chart_tally libc = chart_pair_tally(pairs, count, "malloc");
    const struct chart_tally other = chart_pair_tally(pairs, count, "other");
    if (gc.pair_count > 0) {
        comparison_title_write(out, run, "The gc heap", &gc);
    } else if (libc.pair_count > 0) {
        comparison_title_write(out, run, "The malloc heap", &libc);
    } else if (other.pair_count > 0) {
        fprintf(out, "Of %d %s, %d slower, %d equivalent and %d faster", other.pair_count,
                other.pair_count == 1 ? "pair" : "pairs", other.slower_count,
                other.equivalent_count, other.faster_count);
    } else {
        const struct chart_tally control = chart_pair_tally(pairs, count, "control");
        fprintf(out, "%d of %d A/A controls: equivalent ", control.equivalent_count,
                control.pair_count);
        chart_head_within_write(out, run);
    }
    fputc('\n', out);
}

int chart_overview_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    if (count == 0) {
        return -EINVAL;
    }
    const int pair_count = chart_pair_rows_assign(pairs, count);
    title_write(out, run, pairs, count);
    fputs("# subtitle\tTime per operation as a ratio, log axis: median and 95 % interval of ", out);
    chart_head_launches_write(out, pairs, count);
    fprintf(out, "; %d %s", pair_count, pair_count == 1 ? "pair" : "pairs");
    chart_head_end_write(out, run);
    fputs("row\tlabel\tseries\tratio\tratio_low\tratio_high\tratio_text\tverdict\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%d\t", pairs[i].row);
        chart_pair_label_write(out, &pairs[i]);
        fprintf(out, "\t%s", pairs[i].series);
        chart_pair_ratio_write(out, &pairs[i]);
        fputc('\n', out);
    }
    return 0;
}
