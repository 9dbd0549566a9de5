#include "harness/table_counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { COLUMN_COUNT = 4, GAP = 2 };

static const struct {
    const char *metric;
    const char *heading;
} columns[COLUMN_COUNT] = {
    {"instructions", "instructions"},
    {"l1d_misses", "L1 misses"},
    {"ll_misses", "LL misses"},
    {"branch_misses", "mispredicted"},
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static const json_t *metric_of(const json_t *pair, char side, const char *metric)
{
    char name[48];
    snprintf(name, sizeof name, "%c_%s", side, metric);
    return json_object_get(json_object_get(json_object_get(pair, "metrics"), name), "value");
}

// Three digits, but no more than three decimals: less than a thousandth of a miss is none. Large
// numbers in thousands and millions, so that the table keeps to 80 columns.
static void number_text(double value, char text[DISPLAY_NUMBER_BYTES])
{
    if (value < 0.0005) {
        snprintf(text, DISPLAY_NUMBER_BYTES, "0");
    } else if (value < 1) {
        snprintf(text, DISPLAY_NUMBER_BYTES, "%.3f", value);
    } else if (value < 9999.5) {
        display_number(value, text);
    } else {
        snprintf(text, DISPLAY_NUMBER_BYTES, "%.0f%c", value < 999500 ? value / 1e3 : value / 1e6,
                 value < 999500 ? 'K' : 'M');
    }
}

void table_counters_cell(const struct display *display, const json_t *pair, const char *metric,
                         char cell[TABLE_COUNTERS_CELL_BYTES])
{
    const json_t *const a = metric_of(pair, 'a', metric), *const b = metric_of(pair, 'b', metric);
    cell[0] = '\0';
    if (json_is_number(a) && json_is_number(b)) {
        char a_text[DISPLAY_NUMBER_BYTES], b_text[DISPLAY_NUMBER_BYTES];
        number_text(json_number_value(a), a_text);
        number_text(json_number_value(b), b_text);
        snprintf(cell, TABLE_COUNTERS_CELL_BYTES, "%s %s %s", a_text, display->symbols ? "→" : "->",
                 b_text);
    }
}

static void print_left(FILE *out, const char *text, size_t width)
{
    const size_t used = display_width(text);
    fprintf(out, "%s%*s", text, used < width ? (int)(width - used) : 0, "");
}

static void print_right(FILE *out, const char *text, size_t width)
{
    const size_t used = display_width(text);
    fprintf(out, "%*s%s", used < width ? (int)(width - used) : 0, "", text);
}

static bool same_sides(const json_t *left, const json_t *right)
{
    return strcmp(text_of(left, "a"), text_of(right, "a")) == 0 &&
           strcmp(text_of(left, "b"), text_of(right, "b")) == 0;
}

void table_counters_print(FILE *out, const struct display *display, const json_t *run,
                          void (*label)(const json_t *pair, char text[TABLE_COUNTERS_LABEL_BYTES]))
{
    const json_t *const counters = json_object_get(run, "counters");
    const json_t *const pairs = json_object_get(run, "pairs");
    if (!counters) {
        return;
    }
    size_t label_width = strlen("per operation"), widths[COLUMN_COUNT];
    char name[TABLE_COUNTERS_LABEL_BYTES], cell[TABLE_COUNTERS_CELL_BYTES];
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        widths[column] = strlen(columns[column].heading);
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        label(pair, name);
        label_width = display_width(name) > label_width ? display_width(name) : label_width;
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            table_counters_cell(display, pair, columns[column].metric, cell);
            const size_t width = display_width(cell);
            widths[column] = width > widths[column] ? width : widths[column];
        }
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (i == 0 || !same_sides(pair, json_array_get(pairs, i - 1))) {
            fprintf(out, "\n%s per operation, %s %s %s (%s, %s)\n", text_of(counters, "source"),
                    text_of(pair, "a"), display->symbols ? "→" : "->", text_of(pair, "b"),
                    text_of(counters, "tool"), text_of(counters, "model"));
            print_left(out, "pair", label_width);
            for (size_t column = 0; column < COLUMN_COUNT; column++) {
                fprintf(out, "%*s", GAP, "");
                print_right(out, columns[column].heading, widths[column]);
            }
            fputc('\n', out);
        }
        label(pair, name);
        print_left(out, name, label_width);
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            table_counters_cell(display, pair, columns[column].metric, cell);
            fprintf(out, "%*s", GAP, "");
            print_right(out, cell, widths[column]);
        }
        fputc('\n', out);
    }
}
