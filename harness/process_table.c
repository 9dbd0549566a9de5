#include "harness/process_table.h"

#include <inttypes.h>
#include <string.h>

enum { INTERVAL_BYTES = 2 * DISPLAY_NUMBER_BYTES + 8 };

static const double ns_per_second = 1e9, bytes_per_mib = 1024.0 * 1024.0;

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "unknown";
}

static void print_head(FILE *out, const struct display *display, const json_t *document)
{
    const char *const gap = display->symbols ? "  ·  " : "  |  ";
    const json_t *const machine = json_object_get(document, "machine");
    fprintf(out, "%s  commit %s%s\n%s\n", text_at(document, "program"), text_at(document, "commit"),
            json_is_true(json_object_get(document, "dirty")) ? " with changes" : "",
            text_at(machine, "summary"));
    fprintf(out, "%s%s%s%shyperfine %s\n", text_at(machine, "compiler"), gap,
            text_at(machine, "libc"), gap, text_at(document, "hyperfine"));
    fprintf(out, "%.0f rounds of %.0f processes, cpu %.0f\n\n", number_at(document, "rounds"),
            number_at(document, "runs"), number_at(document, "cpu"));
    fprintf(out, "%-13s %-9s %9s %8s  %-15s %10s %8s\n", "program", "placement", "time", "ratio",
            "95 % interval", "peak", "ratio");
}

static void print_placement(FILE *out, const struct display *display, const char *program,
                            const json_t *placement)
{
    const json_t *const metrics = json_object_get(placement, "metrics");
    char time[DISPLAY_NUMBER_BYTES], peak[DISPLAY_NUMBER_BYTES], interval[INTERVAL_BYTES];
    char ratio[DISPLAY_NUMBER_BYTES] = "", memory[DISPLAY_NUMBER_BYTES] = "";
    interval[0] = '\0';
    display_duration(display,
                     number_at(json_object_get(metrics, "seconds"), "value") * ns_per_second, time);
    display_number(number_at(json_object_get(metrics, "peak_bytes"), "value") / bytes_per_mib,
                   peak);
    if (json_object_get(placement, "ratio")) {
        const char *const times = display->symbols ? "×" : "x";
        snprintf(ratio, sizeof ratio, "%.2f%s", number_at(placement, "ratio"), times);
        snprintf(memory, sizeof memory, "%.2f%s", number_at(placement, "memory_ratio"), times);
        snprintf(interval, sizeof interval, "%.2f %s %.2f", number_at(placement, "ratio_low"),
                 display->symbols ? "–" : "-", number_at(placement, "ratio_high"));
    }
    // %-15s counts bytes: the texts with symbols are padded by their width.
    fprintf(out, "%-13s %-9s %9s %*s%s  %s%*s %6s MiB %*s%s\n", program,
            text_at(placement, "placement"), time, 8 - (int)display_width(ratio), "", ratio,
            interval, 15 - (int)display_width(interval), "", peak, 8 - (int)display_width(memory),
            "", memory);
}

void process_table_print(FILE *out, const struct display *display, const json_t *document)
{
    print_head(out, display, document);
    const json_t *const programs = json_object_get(document, "programs");
    for (size_t i = 0; i < json_array_size(programs); i++) {
        const json_t *const program = json_array_get(programs, i);
        const json_t *const placements = json_object_get(program, "placements");
        for (size_t j = 0; j < json_array_size(placements); j++) {
            print_placement(out, display, j == 0 ? text_at(program, "program") : "",
                            json_array_get(placements, j));
        }
    }
    fprintf(out,
            "\nRatios to the stack, of time and of peak memory: medians over rounds.%s%.0f s\n",
            display->symbols ? "  ·  " : "  |  ", number_at(document, "duration_seconds"));
    if (number_at(document, "rounds") < 6) {
        fputs("note: under 6 rounds the intervals are whole ranges and cover less than 95 %\n",
              out);
    }
}
