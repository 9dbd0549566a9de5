// The table is composed in memory and written at the end, so that a run that turns out to be
// unusable half way leaves nothing behind. Titles are chosen by counting verdicts: a number that
// the verdicts do not support never gets into one.
#include "harness/chart_data.h"

#include "base/assert.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RATIO_TEXT_BYTES = 32 };

// The strings and numbers of pairs.json that charts use. Missing numbers are NAN.
struct estimate {
    double value;
    double low;
    double high;
};

struct pair {
    const char *workload;
    const char *parameter; // NULL when the workload has none
    const char *a;
    const char *b;
    const char *verdict;
    const char *series;
    double parameter_value;
    int launches;
    struct estimate ratio;
    struct estimate a_ns;
    struct estimate b_ns;
    int row; // overview only
};

// Verdicts counted over the pairs of one series.
struct tally {
    int pair_count;
    int slower_count;
    int faster_count;
    int equivalent_count;
    double slower_max;
};

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static const char *text(const json_t *object, const char *key, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : otherwise;
}

// A number for a log axis; others are shown as missing.
static double positive(double value)
{
    return isfinite(value) && value > 0 ? value : (double)NAN;
}

static struct estimate estimate_of(const json_t *object, const char *value, const char *low,
                                   const char *high)
{
    return (struct estimate){
        .value = positive(number(object, value)),
        .low = positive(number(object, low)),
        .high = positive(number(object, high)),
    };
}

static const char *series_of(const struct pair *pair)
{
    if (strcmp(pair->a, pair->b) == 0) {
        return "control";
    }
    const bool known = strcmp(pair->b, "gc") == 0 || strcmp(pair->b, "malloc") == 0;
    return known && strcmp(pair->a, "stack") == 0 ? pair->b : "other";
}

// Reads one element of "pairs" or "controls"; false when it has not their shape.
static bool pair_read(struct pair *pair, const json_t *object)
{
    *pair = (struct pair){
        .workload = text(object, "workload", NULL),
        .parameter = text(object, "parameter", NULL),
        .a = text(object, "a", NULL),
        .b = text(object, "b", NULL),
        .verdict = text(object, "verdict", "not measured"),
        .parameter_value = number(object, "parameter_value"),
        .launches = (int)json_integer_value(json_object_get(object, "launches")),
        .ratio = estimate_of(object, "ratio", "ratio_low", "ratio_high"),
    };
    if (!pair->workload || !pair->a || !pair->b) {
        return false;
    }
    const json_t *metrics = json_object_get(object, "metrics");
    pair->a_ns = estimate_of(json_object_get(metrics, "a_ns"), "value", "low", "high");
    pair->b_ns = estimate_of(json_object_get(metrics, "b_ns"), "value", "low", "high");
    pair->series = series_of(pair);
    return true;
}

// Reads pairs, then controls, into a new array that the caller frees.
static int pairs_read(struct pair **pairs, size_t *count, const json_t *run)
{
    const json_t *arrays[] = {json_object_get(run, "pairs"), json_object_get(run, "controls")};
    if (!json_is_array(arrays[0]) || (arrays[1] && !json_is_array(arrays[1]))) {
        return -EINVAL;
    }
    const size_t capacity = json_array_size(arrays[0]) + json_array_size(arrays[1]);
    struct pair *read = calloc(capacity + 1, sizeof *read);
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
    *count = used;
    return 0;
}

static bool is_series(const struct pair *pair, const char *series)
{
    return strcmp(pair->series, series) == 0;
}

static bool is_verdict(const struct pair *pair, const char *verdict)
{
    return strcmp(pair->verdict, verdict) == 0;
}

// Three figures below 2×, where the verdict hangs on them; two up to 10×, whole numbers above.
static const char *ratio_text(char buffer[RATIO_TEXT_BYTES], double ratio)
{
    if (isnan(ratio)) {
        return "";
    }
    const int decimals = ratio < 0.0995 ? 3 : ratio < 1.995 ? 2 : ratio < 9.95 ? 1 : 0;
    snprintf(buffer, RATIO_TEXT_BYTES, "%.*f×", decimals, ratio);
    return buffer;
}

// Text from outside must not end a field or a line.
static void text_write(FILE *out, const char *value)
{
    for (; *value; value++) {
        fputc((unsigned char)*value < ' ' || *value == 0x7f ? ' ' : *value, out);
    }
}

static void number_write(FILE *out, double value)
{
    if (isnan(value)) {
        fputc('\t', out);
    } else {
        fprintf(out, "\t%.6g", value);
    }
}

static void estimate_write(FILE *out, const struct estimate *estimate)
{
    number_write(out, estimate->value);
    number_write(out, estimate->low);
    number_write(out, estimate->high);
}

// Five fields, each after its tab.
static void ratio_write(FILE *out, const struct pair *pair)
{
    char buffer[RATIO_TEXT_BYTES];
    estimate_write(out, &pair->ratio);
    fprintf(out, "\t%s\t", ratio_text(buffer, pair->ratio.value));
    text_write(out, pair->verdict);
}

static void label_write(FILE *out, const struct pair *pair)
{
    fputs(is_series(pair, "control") ? "A/A " : "", out);
    text_write(out, pair->workload);
    if (pair->parameter) {
        fputc('/', out);
        text_write(out, pair->parameter);
    }
    if (is_series(pair, "control")) {
        fputs(", ", out);
        text_write(out, pair->a);
    } else if (is_series(pair, "other")) {
        fputs(", ", out);
        text_write(out, pair->b);
        fputs(" ÷ ", out);
        text_write(out, pair->a);
    }
}

// "20 launches", or "18–20 launches" when some failed in some pairs.
static void launches_write(FILE *out, const struct pair *pairs, size_t count)
{
    int low = count ? pairs[0].launches : 0;
    int high = low;
    for (size_t i = 0; i < count; i++) {
        low = pairs[i].launches < low ? pairs[i].launches : low;
        high = pairs[i].launches > high ? pairs[i].launches : high;
    }
    if (low != high) {
        fprintf(out, "%d–", low);
    }
    fprintf(out, "%d %s", high, high == 1 ? "launch" : "launches");
}

static void footer_and_band_write(FILE *out, const json_t *run)
{
    const json_t *machine = json_object_get(run, "machine");
    fputs("# footer\t", out);
    text_write(out, text(machine, "summary", "unknown machine"));
    fputs(" · ", out);
    text_write(out, text(machine, "compiler", "unknown compiler"));
    fputs(" · ", out);
    text_write(out, text(machine, "libc", "unknown libc"));
    fputs(" · commit ", out);
    text_write(out, text(run, "commit", "unknown"));
    fputs(json_is_true(json_object_get(run, "dirty")) ? " with changes" : "", out);
    const int launches = (int)json_integer_value(json_object_get(run, "launches"));
    const int failed = (int)json_integer_value(json_object_get(run, "launches_failed"));
    fprintf(out, " · %d %s", launches, launches == 1 ? "launch" : "launches");
    if (failed > 0) {
        fprintf(out, ", %d failed", failed);
    }
    fputs(" · time: clock_gettime\n# band_low", out);
    const double band = number(json_object_get(run, "band"), "value");
    number_write(out, 1 / (1 + band)); // as verdict_judge() has it
    fputs("\n# band_high", out);
    number_write(out, 1 + band);
    fputc('\n', out);
}

static struct tally tally_of(const struct pair *pairs, size_t count, const char *series)
{
    struct tally tally = {0};
    for (size_t i = 0; i < count; i++) {
        if (!is_series(&pairs[i], series)) {
            continue;
        }
        tally.pair_count++;
        tally.equivalent_count += is_verdict(&pairs[i], "equivalent");
        tally.faster_count += is_verdict(&pairs[i], "faster");
        if (is_verdict(&pairs[i], "slower")) {
            tally.slower_count++;
            tally.slower_max = fmax(tally.slower_max, pairs[i].ratio.value);
        }
    }
    return tally;
}

// "The gc heap is slower than the stack in 7 of 10 pairs (up to 20×), faster in 1"
static void comparison_title_write(FILE *out, const char *subject, const struct tally *tally)
{
    const int count = tally->pair_count;
    char share[64];
    snprintf(share, sizeof share, "the one pair");
    if (count > 1) {
        snprintf(share, sizeof share, "all %d pairs", count);
    }
    char buffer[RATIO_TEXT_BYTES];
    if (tally->equivalent_count == count) {
        fprintf(out, "%s and the stack are equivalent in %s", subject, share);
    } else if (tally->slower_count > 0) {
        if (tally->slower_count < count) {
            snprintf(share, sizeof share, "%d of %d pairs", tally->slower_count, count);
        }
        fprintf(out, "%s is slower than the stack in %s", subject, share);
        const bool single = tally->slower_count == 1;
        fprintf(out, single ? " (%s)" : " (up to %s)", ratio_text(buffer, tally->slower_max));
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

static void overview_title_write(FILE *out, const struct pair *pairs, size_t count)
{
    fputs("# title\t", out);
    const struct tally gc = tally_of(pairs, count, "gc");
    const struct tally libc = tally_of(pairs, count, "malloc");
    const struct tally other = tally_of(pairs, count, "other");
    if (gc.pair_count > 0) {
        comparison_title_write(out, "The gc heap", &gc);
    } else if (libc.pair_count > 0) {
        comparison_title_write(out, "The malloc heap", &libc);
    } else if (other.pair_count > 0) {
        fprintf(out, "Of %d %s, %d slower, %d equivalent and %d faster", other.pair_count,
                other.pair_count == 1 ? "pair" : "pairs", other.slower_count,
                other.equivalent_count, other.faster_count);
    } else {
        const struct tally control = tally_of(pairs, count, "control");
        fprintf(out, "%d of %d A/A controls: equivalent", control.equivalent_count,
                control.pair_count);
    }
    fputc('\n', out);
}

// Gives each pair its row and returns how many pairs are no controls. stack:gc and stack:malloc of
// one workload and parameter share a row.
static int overview_rows_assign(struct pair *pairs, size_t count)
{
    int row_count = 0;
    int pair_count = 0;
    for (size_t i = 0; i < count; i++) {
        const bool shares = is_series(&pairs[i], "gc") || is_series(&pairs[i], "malloc");
        for (size_t j = 0; shares && j < i && !pairs[i].row; j++) {
            const bool other = is_series(&pairs[j], is_series(&pairs[i], "gc") ? "malloc" : "gc");
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
        pair_count += !is_series(&pairs[i], "control");
    }
    return pair_count;
}

static int overview_write(FILE *out, const json_t *run, struct pair *pairs, size_t count)
{
    if (count == 0) {
        return -EINVAL;
    }
    const int pair_count = overview_rows_assign(pairs, count);
    overview_title_write(out, pairs, count);
    fputs("# subtitle\tTime per operation as a ratio, log axis: median and 95 % interval of ", out);
    launches_write(out, pairs, count);
    fprintf(out, "; %d %s", pair_count, pair_count == 1 ? "pair" : "pairs");
    const double band = number(json_object_get(run, "band"), "value");
    if (!isnan(band)) {
        fprintf(out, "; shaded: equivalent, ±%.1f %%", 100 * band);
    }
    fputc('\n', out);
    footer_and_band_write(out, run);
    fputs("row\tlabel\tseries\tratio\tratio_low\tratio_high\tratio_text\tverdict\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%d\t", pairs[i].row);
        label_write(out, &pairs[i]);
        fprintf(out, "\t%s", pairs[i].series);
        ratio_write(out, &pairs[i]);
        fputc('\n', out);
    }
    return 0;
}

static int by_size_then_series(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    if (a->parameter_value != b->parameter_value) {
        return a->parameter_value < b->parameter_value ? -1 : 1;
    }
    return strcmp(a->series, b->series); // gc before malloc
}

// "20× a stack one" or "the same as a stack one"; the second half only where `full`.
static void cost_write(FILE *out, const struct pair *pair, bool full)
{
    char buffer[RATIO_TEXT_BYTES];
    const bool same = is_verdict(pair, "equivalent");
    fputs(same ? "the same" : ratio_text(buffer, pair->ratio.value), out);
    if (full) {
        fputs(same ? " as a stack one" : " a stack one", out);
    }
    if (is_verdict(pair, "inconclusive") || is_verdict(pair, "depends on layout")) {
        fprintf(out, " (%s)", pair->verdict);
    }
    fputs(" at ", out);
    text_write(out, pair->parameter);
}

// Speaks of the smallest and the largest size: of the gc heap where measured, else of malloc.
static void short_lived_title_write(FILE *out, const struct pair *pairs, size_t count)
{
    const char *series = tally_of(pairs, count, "gc").pair_count > 0 ? "gc" : "malloc";
    const struct pair *first = NULL;
    const struct pair *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (is_series(&pairs[i], series)) {
            first = first ? first : &pairs[i];
            last = &pairs[i];
        }
    }
    ASSERT(first);
    fprintf(out, "# title\tA %s object costs ", strcmp(series, "gc") == 0 ? "gc-heap" : "malloc");
    cost_write(out, first, true);
    if (last != first && is_verdict(first, "equivalent") && is_verdict(last, "equivalent")) {
        fputs(" and at ", out);
        text_write(out, last->parameter);
    } else if (last != first) {
        fputs(", ", out);
        cost_write(out, last, false);
    }
    fputc('\n', out);
}

// Keeps the pairs the sweep can draw, sorted by size; returns their number.
static size_t short_lived_select(struct pair *pairs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = &pairs[i];
        const bool known = is_series(pair, "gc") || is_series(pair, "malloc");
        if (known && strcmp(pair->workload, "short_lived") == 0 && pair->parameter &&
            !isnan(positive(pair->parameter_value)) && !isnan(pair->ratio.value)) {
            pairs[kept++] = *pair;
        }
    }
    qsort(pairs, kept, sizeof *pairs, by_size_then_series);
    return kept;
}

static void point_write(FILE *out, const struct pair *pair, const char *series,
                        const struct estimate *ns)
{
    fprintf(out, "%.6g\t", pair->parameter_value);
    text_write(out, pair->parameter);
    fprintf(out, "\t%s", series);
    estimate_write(out, ns);
}

static int short_lived_write(FILE *out, const json_t *run, struct pair *pairs, size_t count)
{
    count = short_lived_select(pairs, count);
    if (count == 0) {
        return -EINVAL;
    }
    short_lived_title_write(out, pairs, count);
    fputs("# subtitle\tCreate, fill, read and drop one object: time per operation above, its ratio "
          "to the stack's below; median and 95 % interval of ",
          out);
    launches_write(out, pairs, count);
    fprintf(out, ", %zu %s\n", count, count == 1 ? "pair" : "pairs");
    footer_and_band_write(out, run);
    fputs("size_bytes\tsize\tseries\tns\tns_low\tns_high\t"
          "ratio\tratio_low\tratio_high\tratio_text\tverdict\tlabel_side\n",
          out);
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = &pairs[i];
        const bool first = i == 0 || pair[-1].parameter_value != pair->parameter_value;
        const bool last = i + 1 == count || pair[1].parameter_value != pair->parameter_value;
        if (first) {
            point_write(out, pair, "stack", &pair->a_ns);
            fputs("\t\t\t\t\t\t\n", out);
        }
        // The neighbour of the same size, if any, is the other series: the greater ratio's text
        // goes above. A text alone keeps off the line at 1.
        const struct pair *other = first ? (last ? NULL : pair + 1) : pair - 1;
        const double beside = other ? other->ratio.value : 1;
        const bool above = pair->ratio.value > beside || (pair->ratio.value == beside && first);
        point_write(out, pair, pair->series, &pair->b_ns);
        ratio_write(out, pair);
        fprintf(out, "\t%s\n%s", above ? "above" : "below", last ? "\n" : "");
    }
    return 0;
}

int chart_data_write(FILE *out, const char *chart, const json_t *run)
{
    static const struct {
        const char *name;
        int (*write)(FILE *out, const json_t *run, struct pair *pairs, size_t count);
    } charts[] = {{"overview", overview_write}, {"short_lived", short_lived_write}};

    struct pair *pairs = NULL;
    size_t count = 0;
    int status = pairs_read(&pairs, &count, run);
    if (status != 0) {
        return status;
    }
    char *table = NULL;
    size_t table_bytes = 0;
    FILE *memory = open_memstream(&table, &table_bytes);
    if (!memory) {
        free(pairs);
        return -ENOMEM;
    }
    status = -EINVAL;
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++) {
        if (strcmp(chart, charts[i].name) == 0) {
            status = charts[i].write(memory, run, pairs, count);
        }
    }
    if (fclose(memory) != 0 && status == 0) {
        status = -ENOMEM;
    }
    if (status == 0 && fwrite(table, 1, table_bytes, out) != table_bytes) {
        status = -EIO;
    }
    free(table);
    free(pairs);
    return status;
}
