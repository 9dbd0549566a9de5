#include "harness/latency_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_BYTES = 160, FIGURE_COUNT = 4 };

// An operation whose median is under this many times the timer's says more of the clock than of
// itself.
static const double timer_bound = 2;

static const char *const figure_keys[FIGURE_COUNT] = {"p50_ns", "p99_ns", "p99_9_ns", "max_ns"};

static const char *const sides[] = {"a", "b"}, *const latencies[] = {"a_latency", "b_latency"};

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void print_row(FILE *out, const struct display *display, const char *label, int label_width,
                      const json_t *side, const char *after)
{
    fprintf(out, "%s%*s", label, label_width - (int)display_width(label), "");
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        char text[DISPLAY_NUMBER_BYTES];
        display_duration(display, number_at(side, figure_keys[i]), text);
        fprintf(out, "%*s%s", 10 - (int)display_width(text), "", text);
    }
    fprintf(out, "%9.0f%s\n", number_at(side, "collected_ops"), after);
}

static bool is_mostly_timer(const json_t *pair, const char *side)
{
    return number_at(json_object_get(pair, side), "p50_ns") <
           timer_bound * number_at(json_object_get(pair, "timer"), "p50_ns");
}

static void label_of(const json_t *pair, const char *side, char label[LABEL_BYTES])
{
    const char *const parameter = json_string_value(json_object_get(pair, "parameter"));
    snprintf(label, LABEL_BYTES, "%s%s%s %s", json_string_value(json_object_get(pair, "workload")),
             parameter ? "/" : "", parameter ? parameter : "",
             json_string_value(json_object_get(pair, side)));
}

// The timer of all pairs is one clock: the row of the first stands for them.
static const json_t *timer_of(const json_t *pairs)
{
    return json_object_get(json_array_get(pairs, 0), "timer");
}

static int label_width(const json_t *pairs, int least)
{
    int width = least;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        for (size_t s = 0; s < 2; s++) {
            char label[LABEL_BYTES];
            label_of(json_array_get(pairs, i), sides[s], label);
            const int label_columns = (int)display_width(label);
            width = label_columns > width ? label_columns : width;
        }
    }
    return width;
}

void latency_table_print(FILE *out, const struct display *display, const json_t *latency)
{
    const json_t *const pairs = json_object_get(latency, "pairs");
    if (json_array_size(pairs) == 0) {
        return;
    }
    static const char heading[] = "latency of one operation";
    const int width = label_width(pairs, (int)sizeof heading - 1);
    fprintf(out, "\n%s%s%*s%10s%10s%10s%10s%9s%s\n", display->colour ? "\033[1m" : "", heading,
            width + 1 - (int)sizeof heading, "", "p50", "p99", "p99.9", "max", "with gc",
            display->colour ? "\033[0m" : "");
    bool any_mostly_timer = false;
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        for (size_t s = 0; s < 2; s++) {
            char label[LABEL_BYTES];
            label_of(pair, sides[s], label);
            const bool mostly_timer = is_mostly_timer(pair, latencies[s]);
            print_row(out, display, label, width, json_object_get(pair, latencies[s]),
                      mostly_timer ? " *" : "");
            any_mostly_timer |= mostly_timer;
        }
    }
    print_row(out, display, "the timer alone", width, timer_of(pairs), "");
    fprintf(out, "every figure contains the timer; with gc: operations that met a collection\n");
    if (any_mostly_timer) {
        fprintf(out, "* mostly the timer: p50 is under twice the timer's own\n");
    }
}
