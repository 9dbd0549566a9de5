// The hand-placed side has all its objects in frames (worker_main.c checks that), so agreement is
// that none is left on the heap.
#include "harness/agreement.h"

#include "base/allocate.h"
#include "harness/table_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR_COLUMNS_MIN = 24, CELL_BYTES = 32 };

// The analyser's reasons (docs/formats.md) in the table's words.
static const struct {
    const char *reason, *words;
} reason_words[] = {
    {"returned", "returned"},
    {"global", "in a global"},
    {"stored", "stored"},
    {"passed", "kept by a callee"},
    {"unknown_callee", "unknown callee"},
    {"loop", "outlives its turn"},
    {"too_large", "too large"},
    {"size_not_constant", "size not constant"},
};

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *const value = json_string_value(json_object_get(object, key));
    return value && strcmp(value, text) == 0;
}

void agreement_add(json_t *pair, double objects_per_op, double in_frames_per_op, json_t *reasons)
{
    json_object_set_new(pair, "placed",
                        json_pack("{s:f, s:f, s:b, s:O}", "objects_per_op", objects_per_op,
                                  "in_frames_per_op", in_frames_per_op, "agrees",
                                  in_frames_per_op >= objects_per_op, "reasons", reasons));
}

// The ratio of stack:gc of the same workload and parameter; NAN when the run has none.
static double heap_ratio(const json_t *run, const json_t *pair)
{
    const json_t *const pairs = json_object_get(run, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const other = json_array_get(pairs, i);
        if (is_text(other, "a", "stack") && is_text(other, "b", "gc") &&
            json_equal(json_object_get(other, "workload"), json_object_get(pair, "workload")) &&
            json_equal(json_object_get(other, "parameter_value"),
                       json_object_get(pair, "parameter_value"))) {
            return number_of(other, "ratio");
        }
    }
    return (double)NAN;
}

static void ratio_text(const struct display *display, double ratio, char text[CELL_BYTES])
{
    if (isnan(ratio)) {
        snprintf(text, CELL_BYTES, "-");
        return;
    }
    const bool is_near_one = ratio > 0.9 && ratio < 1.1;
    snprintf(text, CELL_BYTES, "%.*f%s", is_near_one ? 3 : display_decimals(ratio), ratio,
             display->symbols ? "×" : "x");
}

static char *reasons_text(const json_t *placed)
{
    const json_t *const reasons = json_object_get(placed, "reasons");
    char *text = allocate_text("%s", "");
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const char *words = json_string_value(json_array_get(reasons, i));
        for (size_t k = 0; k < sizeof reason_words / sizeof reason_words[0]; k++) {
            words = strcmp(words, reason_words[k].reason) == 0 ? reason_words[k].words : words;
        }
        char *const longer = allocate_text("%s%s%s", text, i ? ", " : "", words);
        free(text);
        text = longer;
    }
    return text;
}

static void print_row(FILE *out, const struct display *display, const json_t *run,
                      const json_t *pair, const char *label, size_t label_columns)
{
    const json_t *const placed = json_object_get(pair, "placed");
    char count[CELL_BYTES], ratio[CELL_BYTES], on_heap[CELL_BYTES];
    snprintf(count, sizeof count, "%.4g of %.4g", number_of(placed, "in_frames_per_op"),
             number_of(placed, "objects_per_op"));
    ratio_text(display, number_of(pair, "ratio"), ratio);
    ratio_text(display, heap_ratio(run, pair), on_heap);
    const int missing = (int)(label_columns - display_width(label));
    const int widened = display->symbols ? 1 : 0; // the sign of a ratio is two bytes
    const size_t reasons_column = label_columns + 38;
    char *const reasons = reasons_text(placed);
    char *const line =
        allocate_text("%s%*s  %12s  %-3s  %*s  %*s  %s", label, missing, "", count,
                      json_is_true(json_object_get(placed, "agrees")) ? "yes" : "no", 7 + widened,
                      ratio, 6 + (isnan(heap_ratio(run, pair)) ? 0 : widened), on_heap, reasons);
    size_t length = strlen(line);
    while (length > 0 && line[length - 1] == ' ') {
        line[--length] = '\0';
    }
    table_text_wrapped(out, display, line, reasons_column);
    free(line);
    free(reasons);
}

// The range of ratios of the pairs that agree.
struct tally {
    size_t pair_count, agreeing_count;
    double ratio_min, ratio_max;
};

static void tally_add(struct tally *tally, const json_t *pair)
{
    tally->pair_count++;
    if (!json_is_true(json_object_get(json_object_get(pair, "placed"), "agrees"))) {
        return;
    }
    const double ratio = number_of(pair, "ratio");
    const bool is_first = tally->agreeing_count++ == 0;
    tally->ratio_min = is_first ? ratio : fmin(tally->ratio_min, ratio);
    tally->ratio_max = is_first ? ratio : fmax(tally->ratio_max, ratio);
}

static void print_summary(FILE *out, const struct display *display, const json_t *run,
                          const struct tally *tally)
{
    char low[CELL_BYTES], high[CELL_BYTES];
    ratio_text(display, tally->ratio_min, low);
    ratio_text(display, tally->ratio_max, high);
    char *const range = tally->agreeing_count == 0
                            ? allocate_text("%s", "")
                            : allocate_text(", where auto/stack is %s to %s", low, high);
    const char *const compiler =
        json_string_value(json_object_get(json_object_get(run, "machine"), "compiler_auto"));
    char *const text = allocate_text(
        "auto agrees with the hand-placed side in %zu of %zu%s (both sides by %s); gc: gc/stack of "
        "the same workload",
        tally->agreeing_count, tally->pair_count, range, compiler ? compiler : "one compiler");
    table_text_wrapped(out, display, text, 2);
    free(text);
    free(range);
}

void agreement_print(FILE *out, const struct display *display, const json_t *run,
                     void (*label)(const json_t *pair, char text[AGREEMENT_LABEL_BYTES]))
{
    const json_t *const pairs = json_object_get(run, "pairs");
    struct tally tally = {0};
    size_t label_columns = PAIR_COLUMNS_MIN;
    char text[AGREEMENT_LABEL_BYTES];
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (json_object_get(pair, "placed")) {
            label(pair, text);
            const size_t columns = display_width(text);
            label_columns = columns > label_columns ? columns : label_columns;
            tally_add(&tally, pair);
        }
    }
    if (tally.pair_count == 0) {
        return;
    }
    fprintf(out, "\n%s%-*s  %12s  %-3s  %7s  %6s  %s%s\n", display->colour ? "\033[1m" : "",
            (int)label_columns, "placement auto", "in frames", "all", "auto", "gc", "why not",
            display->colour ? "\033[0m" : "");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (json_object_get(pair, "placed")) {
            label(pair, text);
            print_row(out, display, run, pair, text, label_columns);
        }
    }
    print_summary(out, display, run, &tally);
}
