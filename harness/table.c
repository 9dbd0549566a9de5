// The cells are made first and their widths measured, over all groups, so that the columns of
// several groups stand under each other. Cells are UTF-8: widths are counted in characters.
#include "harness/table.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "harness/agreement.h"
#include "harness/latency_table.h"
#include "harness/table_counters.h"
#include "harness/table_text.h"
#include "harness/verdict.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum column { COLUMN_PAIR, COLUMN_A, COLUMN_B, COLUMN_RATIO, COLUMN_INTERVAL, COLUMN_VERDICT };
enum { COLUMN_COUNT = COLUMN_VERDICT + 1, CELL_BYTES = 160 };

struct row {
    bool is_heading;
    bool is_control;
    int verdict; // -1 for a heading
    char cells[COLUMN_COUNT][CELL_BYTES];
};

struct rows {
    struct row *rows;
    size_t count;
};

static struct row *rows_append(struct rows *rows)
{
    rows->rows = allocate_resized(rows->rows, (rows->count + 1) * sizeof *rows->rows);
    rows->rows[rows->count] = (struct row){.verdict = -1};
    return &rows->rows[rows->count++];
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

// "short_lived/64 B". Where the width is scarce only sizes keep their unit: "tree/6".
static void pair_label(const json_t *pair, bool narrow, char label[CELL_BYTES])
{
    const json_t *const parameter = json_object_get(pair, "parameter");
    const char *const workload = text_of(pair, "workload");
    if (!json_is_string(parameter)) {
        snprintf(label, CELL_BYTES, "%s", workload);
    } else if (narrow && strcmp(text_of(pair, "unit"), "B") != 0) {
        snprintf(label, CELL_BYTES, "%s/%lld", workload,
                 (long long)json_integer_value(json_object_get(pair, "parameter_value")));
    } else {
        snprintf(label, CELL_BYTES, "%s/%s", workload, json_string_value(parameter));
    }
}

// A ratio and its interval with the same decimals, those that the low end needs for three
// significant digits; around 1 a third decimal, because 1.00 - 1.00 would say nothing.
static void fill_ratio(struct row *row, const struct display *display, const json_t *pair)
{
    const double ratio = number_of(pair, "ratio");
    const double low = number_of(pair, "ratio_low"), high = number_of(pair, "ratio_high");
    int decimals = display_decimals(low);
    if (ratio > 0.9 && ratio < 1.1 && decimals < 3) {
        decimals = 3;
    }
    snprintf(row->cells[COLUMN_RATIO], CELL_BYTES, "%.*f%s", decimals, ratio,
             display->symbols ? "×" : "x");
    snprintf(row->cells[COLUMN_INTERVAL], CELL_BYTES, "%.*f %s %.*f", decimals, low,
             display->symbols ? "–" : "-", decimals, high);
    row->verdict = verdict_parse(text_of(pair, "verdict"));
    snprintf(row->cells[COLUMN_VERDICT], CELL_BYTES, "%s", text_of(pair, "verdict"));
}

static void append_heading(struct rows *rows, const char *a, const char *b, bool narrow)
{
    struct row *const row = rows_append(rows);
    row->is_heading = true;
    snprintf(row->cells[COLUMN_PAIR], CELL_BYTES, "pair");
    snprintf(row->cells[COLUMN_A], CELL_BYTES, "%s", a);
    snprintf(row->cells[COLUMN_B], CELL_BYTES, "%s", b);
    if (narrow) {
        snprintf(row->cells[COLUMN_RATIO], CELL_BYTES, "ratio");
    } else {
        snprintf(row->cells[COLUMN_RATIO], CELL_BYTES, "%s/%s", b, a);
    }
    snprintf(row->cells[COLUMN_INTERVAL], CELL_BYTES, "95 %% interval");
    snprintf(row->cells[COLUMN_VERDICT], CELL_BYTES, "verdict");
}

// A group: the heading and the rows of one a:b.
static void append_group(struct rows *rows, const struct display *display, const json_t *pairs,
                         const char *a, const char *b, bool narrow)
{
    append_heading(rows, a, b, narrow);
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (strcmp(text_of(pair, "a"), a) != 0 || strcmp(text_of(pair, "b"), b) != 0) {
            continue;
        }
        struct row *const row = rows_append(rows);
        const json_t *const metrics = json_object_get(pair, "metrics");
        pair_label(pair, narrow, row->cells[COLUMN_PAIR]);
        display_duration(display, number_of(json_object_get(metrics, "a_ns"), "value"),
                         row->cells[COLUMN_A]);
        display_duration(display, number_of(json_object_get(metrics, "b_ns"), "value"),
                         row->cells[COLUMN_B]);
        fill_ratio(row, display, pair);
    }
}

static void append_controls(struct rows *rows, const struct display *display,
                            const json_t *controls)
{
    for (size_t i = 0; i < json_array_size(controls); i++) {
        const json_t *const control = json_array_get(controls, i);
        struct row *const row = rows_append(rows);
        char label[CELL_BYTES];
        row->is_control = true;
        pair_label(control, false, label);
        snprintf(row->cells[COLUMN_PAIR], CELL_BYTES, "control (A/A) %.100s %.30s", label,
                 text_of(control, "a"));
        fill_ratio(row, display, control);
    }
}

static bool is_first_of_group(const json_t *pairs, size_t index)
{
    const json_t *const pair = json_array_get(pairs, index);
    for (size_t i = 0; i < index; i++) {
        const json_t *const other = json_array_get(pairs, i);
        if (strcmp(text_of(other, "a"), text_of(pair, "a")) == 0 &&
            strcmp(text_of(other, "b"), text_of(pair, "b")) == 0) {
            return false;
        }
    }
    return true;
}

static void rows_init(struct rows *rows, const struct display *display, const json_t *run,
                      bool narrow)
{
    *rows = (struct rows){0};
    const json_t *const pairs = json_object_get(run, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        if (is_first_of_group(pairs, i)) {
            const json_t *const pair = json_array_get(pairs, i);
            append_group(rows, display, pairs, text_of(pair, "a"), text_of(pair, "b"), narrow);
        }
    }
    append_controls(rows, display, json_object_get(run, "controls"));
}

// The widths of the columns; returns the width of a line. A control has no a and b, and its label
// takes their place: the first column grows only for what is longer than all three.
static size_t measure_widths(const struct rows *rows, size_t gap, size_t widths[COLUMN_COUNT])
{
    memset(widths, 0, COLUMN_COUNT * sizeof *widths);
    size_t control_width = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *const row = &rows->rows[i];
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            const size_t width = display_width(row->cells[column]);
            if (row->is_control && column == COLUMN_PAIR) {
                control_width = width > control_width ? width : control_width;
            } else if (width > widths[column]) {
                widths[column] = width;
            }
        }
    }
    const size_t label_room = widths[COLUMN_PAIR] + gap + widths[COLUMN_A] + gap + widths[COLUMN_B];
    if (control_width > label_room) {
        widths[COLUMN_PAIR] += control_width - label_room;
    }
    size_t line_width = (COLUMN_COUNT - 1) * gap;
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        line_width += widths[column];
    }
    return line_width;
}

// Terminal colours by verdict; the words say the same, so colour carries nothing alone.
static const char *colour_of(const struct row *row)
{
    static const char *const colours[VERDICT_COUNT] = {
        [VERDICT_INCONCLUSIVE] = "\033[2m", [VERDICT_FASTER] = "\033[32m",
        [VERDICT_EQUIVALENT] = "",          [VERDICT_SLOWER] = "\033[31m",
        [VERDICT_LAYOUT] = "\033[33m",
    };
    return row->is_heading ? "\033[1m" : row->verdict >= 0 ? colours[row->verdict] : "";
}

static void print_padded(FILE *out, const char *text, size_t width, bool right)
{
    const size_t used = display_width(text);
    const int padding = used < width ? (int)(width - used) : 0;
    fprintf(out, "%*s%s%*s", right ? padding : 0, "", text, right ? 0 : padding, "");
}

static void print_row(FILE *out, const struct display *display, const struct row *row, size_t gap,
                      const size_t widths[COLUMN_COUNT])
{
    const bool coloured = display->colour && *colour_of(row);
    const int gap_columns = (int)gap;
    if (coloured && row->is_heading) {
        fputs(colour_of(row), out);
    }
    if (row->is_control) {
        print_padded(out, row->cells[COLUMN_PAIR],
                     widths[COLUMN_PAIR] + gap + widths[COLUMN_A] + gap + widths[COLUMN_B], false);
    } else {
        print_padded(out, row->cells[COLUMN_PAIR], widths[COLUMN_PAIR], false);
        fprintf(out, "%*s", gap_columns, "");
        print_padded(out, row->cells[COLUMN_A], widths[COLUMN_A], true);
        fprintf(out, "%*s", gap_columns, "");
        print_padded(out, row->cells[COLUMN_B], widths[COLUMN_B], true);
    }
    fprintf(out, "%*s", gap_columns, "");
    print_padded(out, row->cells[COLUMN_RATIO], widths[COLUMN_RATIO], true);
    fprintf(out, "%*s", gap_columns, "");
    print_padded(out, row->cells[COLUMN_INTERVAL], widths[COLUMN_INTERVAL], false);
    fprintf(out, "%*s", gap_columns, "");
    if (coloured && !row->is_heading) {
        fputs(colour_of(row), out);
    }
    fputs(row->cells[COLUMN_VERDICT], out);
    fputs(coloured ? "\033[0m\n" : "\n", out);
}

static void counters_label(const json_t *pair, char text[TABLE_COUNTERS_LABEL_BYTES])
{
    _Static_assert((int)TABLE_COUNTERS_LABEL_BYTES >= (int)CELL_BYTES, "a label fits");
    _Static_assert((int)AGREEMENT_LABEL_BYTES >= (int)CELL_BYTES, "a label fits");
    pair_label(pair, true, text);
}

void table_print(FILE *out, const struct display *display, const json_t *run, const char *folder)
{
    table_text_head(out, display, run);
    table_text_notes(out, display, run);
    struct rows rows;
    size_t widths[COLUMN_COUNT];
    rows_init(&rows, display, run, false);
    size_t gap = 2;
    if (measure_widths(&rows, gap, widths) > (size_t)display->columns) {
        free(rows.rows);
        rows_init(&rows, display, run, true);
        gap = measure_widths(&rows, 2, widths) > (size_t)display->columns ? 1 : 2;
        measure_widths(&rows, gap, widths);
    }
    bool controls_begun = false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct row *const row = &rows.rows[i];
        if (row->is_heading || (row->is_control && !controls_begun)) {
            fputc('\n', out);
        }
        controls_begun |= row->is_control;
        print_row(out, display, row, gap, widths);
    }
    free(rows.rows);
    table_text_band(out, display, run);
    agreement_print(out, display, run, counters_label);
    table_counters_print(out, display, run, counters_label);
    table_text_counts(out, display, run);
    latency_table_print(out, display, json_object_get(run, "latency"));
    fprintf(out, "%s/\n", folder);
}
