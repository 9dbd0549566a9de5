// A block a source and a pair of placements, hardware first. The columns are in the order of what
// is asked first; a terminal of 80 columns has room for the four that hardware and simulation
// share.
#include "harness/table_counters.h"

#include "base/allocate.h"
#include "harness/table_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_COUNT = 6, GAP = 2, CELL_BYTES = 2 * DISPLAY_NUMBER_BYTES + 16 };

static const struct {
    const char *metric; // without the prefix of its source
    const char *heading;
} columns[COLUMN_COUNT] = {
    {"instructions", "instructions"},  {"l1d_misses", "L1 misses"},    {"ll_misses", "LL misses"},
    {"branch_misses", "mispredicted"}, {"dtlb_misses", "dTLB misses"}, {"cycles", "cycles"},
};

struct block {
    const struct display *display;
    const json_t *pairs;
    const char *prefix; // of the names of its metrics: "hw_" or ""
    const char *source;
    const char *detail;
    void (*label)(const json_t *pair, char text[TABLE_COUNTERS_LABEL_BYTES]);
    size_t label_width;
    size_t widths[COLUMN_COUNT]; // 0: a column without any value, or without room
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static const json_t *metric_of(const json_t *pair, char side, const char *prefix,
                               const char *metric)
{
    char name[48];
    snprintf(name, sizeof name, "%c_%s%s", side, prefix, metric);
    return json_object_get(json_object_get(pair, "metrics"), name);
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

// "1.04 -> 2.10"; "" when a side has no such metric.
static void cell_text(const struct display *display, const json_t *pair, const char *prefix,
                      const char *metric, char cell[CELL_BYTES])
{
    const json_t *const a = json_object_get(metric_of(pair, 'a', prefix, metric), "value");
    const json_t *const b = json_object_get(metric_of(pair, 'b', prefix, metric), "value");
    cell[0] = '\0';
    if (json_is_number(a) && json_is_number(b)) {
        char a_text[DISPLAY_NUMBER_BYTES], b_text[DISPLAY_NUMBER_BYTES];
        number_text(json_number_value(a), a_text);
        number_text(json_number_value(b), b_text);
        snprintf(cell, CELL_BYTES, "%s %s %s", a_text, display->symbols ? "→" : "->", b_text);
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

static void measure_widths(struct block *block)
{
    char name[TABLE_COUNTERS_LABEL_BYTES], cell[CELL_BYTES];
    block->label_width = strlen("per operation");
    for (size_t i = 0; i < json_array_size(block->pairs); i++) {
        block->label(json_array_get(block->pairs, i), name);
        const size_t width = display_width(name);
        block->label_width = width > block->label_width ? width : block->label_width;
    }
    size_t used = block->label_width;
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        size_t widest = 0;
        for (size_t i = 0; i < json_array_size(block->pairs); i++) {
            cell_text(block->display, json_array_get(block->pairs, i), block->prefix,
                      columns[column].metric, cell);
            const size_t width = display_width(cell);
            widest = width > widest ? width : widest;
        }
        const size_t heading = strlen(columns[column].heading);
        const size_t width = widest == 0 || widest > heading ? widest : heading;
        // The first four are what every run shows, however wide.
        if (column < 4 || used + GAP + width <= (size_t)block->display->columns) {
            block->widths[column] = width;
            used += width > 0 ? GAP + width : 0;
        }
    }
}

static bool is_counted(const struct block *block, const json_t *pair)
{
    char cell[CELL_BYTES] = "";
    for (size_t column = 0; column < COLUMN_COUNT && !*cell; column++) {
        cell_text(block->display, pair, block->prefix, columns[column].metric, cell);
    }
    return *cell;
}

static void print_block(FILE *out, struct block *block)
{
    char name[TABLE_COUNTERS_LABEL_BYTES], cell[CELL_BYTES];
    measure_widths(block);
    const json_t *last = NULL; // printed
    for (size_t i = 0; i < json_array_size(block->pairs); i++) {
        const json_t *const pair = json_array_get(block->pairs, i);
        if (!is_counted(block, pair)) {
            continue;
        }
        const bool opens = !last || !same_sides(pair, last);
        last = pair;
        if (opens) {
            fprintf(out, "\n%s per operation, %s %s %s (%s)\n", block->source, text_of(pair, "a"),
                    block->display->symbols ? "→" : "->", text_of(pair, "b"), block->detail);
            print_left(out, "pair", block->label_width);
            for (size_t column = 0; column < COLUMN_COUNT; column++) {
                if (block->widths[column] > 0) {
                    fprintf(out, "%*s", GAP, "");
                    print_right(out, columns[column].heading, block->widths[column]);
                }
            }
            fputc('\n', out);
        }
        block->label(pair, name);
        print_left(out, name, block->label_width);
        for (size_t column = 0; column < COLUMN_COUNT; column++) {
            if (block->widths[column] > 0) {
                cell_text(block->display, pair, block->prefix, columns[column].metric, cell);
                fprintf(out, "%*s", GAP, "");
                print_right(out, *cell ? cell : "-", block->widths[column]);
            }
        }
        fputc('\n', out);
    }
}

// The smallest active share of all that the pairs' hardware metrics have; 1 without any.
static double active_share(const json_t *pairs)
{
    double least = 1;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        for (size_t column = 0; column < 2 * COLUMN_COUNT; column++) {
            const json_t *const metric = metric_of(json_array_get(pairs, i), column % 2 ? 'b' : 'a',
                                                   "hw_", columns[column / 2].metric);
            const json_t *const share = json_object_get(metric, "active_share");
            const double value = json_is_number(share) ? json_number_value(share) : 1;
            least = value < least ? value : least;
        }
    }
    return least;
}

// Page faults are what no loop should have: they are shown where there are any.
static void print_page_faults(FILE *out, const struct display *display, const json_t *pairs,
                              void (*label)(const json_t *pair,
                                            char text[TABLE_COUNTERS_LABEL_BYTES]))
{
    char *line = allocate_text("page faults per operation (software):");
    bool any = false;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        char name[TABLE_COUNTERS_LABEL_BYTES], cell[CELL_BYTES];
        cell_text(display, pair, "", "page_faults", cell);
        if (*cell && strcmp(cell, display->symbols ? "0 → 0" : "0 -> 0") != 0) {
            label(pair, name);
            // Only the first block's sides go without saying.
            const bool is_usual = same_sides(pair, json_array_get(pairs, 0));
            char *const longer = is_usual
                                     ? allocate_text("%s%s %s %s", line, any ? "," : "", name, cell)
                                     : allocate_text("%s%s %s %s:%s %s", line, any ? "," : "", name,
                                                     text_of(pair, "a"), text_of(pair, "b"), cell);
            free(line);
            line = longer;
            any = true;
        }
    }
    if (any) {
        fputc('\n', out);
        table_text_wrapped(out, display, line, 2);
    }
    free(line);
}

void table_counters_print(FILE *out, const struct display *display, const json_t *run,
                          void (*label)(const json_t *pair, char text[TABLE_COUNTERS_LABEL_BYTES]))
{
    const json_t *const pairs = json_object_get(run, "pairs");
    const json_t *const simulated = json_object_get(run, "counters");
    struct block block = {.display = display, .pairs = pairs, .label = label};
    if (json_object_get(run, "hardware_counters")) {
        const double share = active_share(pairs);
        char *const detail = share < 0.995
                                 ? allocate_text("perf, user space, active >= %.0f %%", share * 100)
                                 : allocate_text("perf, user space");
        block.source = "hardware";
        block.prefix = "hw_";
        block.detail = detail;
        print_block(out, &block);
        free(detail);
    }
    if (simulated) {
        char *const detail =
            allocate_text("%s, %s", text_of(simulated, "tool"), text_of(simulated, "model"));
        block = (struct block){.display = display,
                               .pairs = pairs,
                               .label = label,
                               .prefix = "",
                               .source = text_of(simulated, "source"),
                               .detail = detail};
        print_block(out, &block);
        free(detail);
    }
    print_page_faults(out, display, pairs, label);
}
