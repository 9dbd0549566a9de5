#include "harness/table_text.h"

#include "base/allocate.h"
#include "harness/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *separator(const struct display *display)
{
    return display->symbols ? "  ·  " : "  |  ";
}

static const char *text_at(const json_t *run, const char *object, const char *key)
{
    const char *const text =
        json_string_value(json_object_get(object ? json_object_get(run, object) : run, key));
    return text ? text : "unknown";
}

static double number_at(const json_t *run, const char *key)
{
    return json_number_value(json_object_get(run, key));
}

void table_text_wrapped(FILE *out, const struct display *display, const char *text, size_t indent)
{
    size_t column = 0;
    while (*text) {
        const size_t spaces = strspn(text, " ");
        const size_t length = strcspn(text + spaces, " ");
        char *const word = allocate_text("%.*s", (int)length, text + spaces);
        const size_t width = display_width(word);
        if (column > 0 && column + spaces + width > (size_t)display->columns) {
            fprintf(out, "\n%*s%s", (int)indent, "", word);
            column = indent + width;
        } else {
            fprintf(out, "%*s%s", (int)spaces, "", word);
            column += spaces + width;
        }
        free(word);
        text += spaces + length;
    }
    fputc('\n', out);
}

void table_text_head(FILE *out, const struct display *display, const json_t *run)
{
    char *const parts[] = {
        allocate_text("%s  commit %s", text_at(run, NULL, "program"), text_at(run, NULL, "commit")),
        allocate_text("%s", text_at(run, "machine", "summary")),
        allocate_text("%s", text_at(run, "machine", "compiler")),
        allocate_text("%s", text_at(run, "machine", "libc")),
        allocate_text("%.0f launches, cpu %.0f", number_at(run, "launches"), number_at(run, "cpu")),
    };
    // Broken between the parts, never inside one.
    size_t column = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const size_t width = display_width(parts[i]), gap = display_width(separator(display));
        if (column > 0 && column + gap + width > (size_t)display->columns) {
            fputc('\n', out);
            column = 0;
        }
        fprintf(out, "%s%s", column > 0 ? separator(display) : "", parts[i]);
        column += (column > 0 ? gap : 0) + width;
        free(parts[i]);
    }
    fputc('\n', out);
}

static void print_note(FILE *out, const struct display *display, const char *text)
{
    const bool is_warning = strncmp(text, "warning: ", 9) == 0;
    char *const line = allocate_text("%s%s", is_warning ? "" : "note: ", text);
    fputs(is_warning && display->colour ? "\033[1;31m" : "", out);
    table_text_wrapped(out, display, line, 6);
    fputs(is_warning && display->colour ? "\033[0m" : "", out);
    free(line);
}

void table_text_notes(FILE *out, const struct display *display, const json_t *run)
{
    if (json_is_true(json_object_get(run, "dirty"))) {
        print_note(out, display,
                   "built from a tree with uncommitted changes: the commit does not say all");
    }
    const double failed_count = number_at(run, "launches_failed");
    if (failed_count > 0) {
        char *const text =
            allocate_text("%.0f launch%s failed and %s repeated", failed_count,
                          failed_count > 1 ? "es" : "", failed_count > 1 ? "were" : "was");
        print_note(out, display, text);
        free(text);
    }
    const json_t *const notes = json_object_get(run, "notes");
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const char *const note = json_string_value(json_array_get(notes, i));
        print_note(out, display, note ? note : "(not a text)");
    }
}

void table_text_band(FILE *out, const struct display *display, const json_t *run)
{
    const json_t *const band = json_object_get(run, "band");
    char *const line =
        allocate_text("equivalence band %s%.3g %% (floor %.3g %%; %s)",
                      display->symbols ? "±" : "+-", number_at(band, "value") * 100,
                      number_at(band, "floor") * 100, text_at(run, "band", "source"));
    table_text_wrapped(out, display, line, 2);
    free(line);
}

// The next useful budget: two and a half times this one, in whole minutes from two on.
static void larger_budget(double budget_seconds, char *text, size_t text_bytes)
{
    const double larger_seconds = budget_seconds * 2.5;
    if (larger_seconds >= 120) {
        snprintf(text, text_bytes, "%.0fm", ceil(larger_seconds / 60));
    } else {
        snprintf(text, text_bytes, "%.0fs", ceil(larger_seconds));
    }
}

void table_text_counts(FILE *out, const struct display *display, const json_t *run)
{
    static const enum verdict order[] = {VERDICT_SLOWER, VERDICT_FASTER, VERDICT_EQUIVALENT,
                                         VERDICT_INCONCLUSIVE, VERDICT_LAYOUT};
    size_t counts[VERDICT_COUNT] = {0};
    const json_t *const pairs = json_object_get(run, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const int verdict = verdict_parse(text_at(json_array_get(pairs, i), NULL, "verdict"));
        if (verdict >= 0) {
            counts[verdict]++;
        }
    }
    const char *before = "\n";
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        if (counts[order[i]] == 0) {
            continue;
        }
        // "depends on layout" is a predicate: "2 depend on layout".
        const bool is_plural_layout = order[i] == VERDICT_LAYOUT && counts[order[i]] > 1;
        fprintf(out, "%s%zu %s", before, counts[order[i]],
                is_plural_layout ? "depend on layout" : verdict_text(order[i]));
        if (order[i] == VERDICT_INCONCLUSIVE) {
            char budget[32];
            larger_budget(number_at(run, "budget_seconds"), budget, sizeof budget);
            fprintf(out, " (more time: --budget %s)", budget);
        }
        before = ", ";
    }
    fprintf(out, "%s%.0f s\n", separator(display), number_at(run, "duration_seconds"));
}
