#include "harness/chart_process.h"

#include "harness/chart_field.h"
#include "harness/chart_head.h"
#include "harness/display.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double bytes_per_mib = 1024.0 * 1024.0;

static json_t *placement_at(const json_t *program, const char *name)
{
    const json_t *const placements = json_object_get(program, "placements");
    for (size_t i = 0; i < json_array_size(placements); i++) {
        json_t *const placement = json_array_get(placements, i);
        if (strcmp(chart_field_text(placement, "placement", ""), name) == 0) {
            return placement;
        }
    }
    return NULL;
}

// "1.3× to 3.2×" over the programs, or one figure when both read the same; false without any.
static bool range_text(char *text, size_t text_bytes, const json_t *programs, const char *placement,
                       const char *key)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < json_array_size(programs); i++) {
        const double ratio =
            chart_field_number(placement_at(json_array_get(programs, i), placement), key);
        low = ratio < low ? ratio : low;
        high = ratio > high ? ratio : high;
    }
    char low_text[CHART_FIELD_RATIO_BYTES], high_text[CHART_FIELD_RATIO_BYTES];
    const char *const from = chart_field_ratio(low_text, low);
    const char *const to = chart_field_ratio(high_text, high);
    const bool is_one = strcmp(from, to) == 0;
    snprintf(text, text_bytes, "%s%s%s", is_one ? "" : from, is_one ? "" : " to ", to);
    return high > 0;
}

static void head_write(FILE *out, const json_t *document)
{
    const json_t *const programs = json_object_get(document, "programs");
    const size_t count = json_array_size(programs);
    const bool has_gc = count > 0 && placement_at(json_array_get(programs, 0), "gc");
    const char *const heap = has_gc ? "gc" : "malloc";
    char time[3 * CHART_FIELD_RATIO_BYTES], memory[3 * CHART_FIELD_RATIO_BYTES];
    if (range_text(time, sizeof time, programs, heap, "ratio") &&
        range_text(memory, sizeof memory, programs, heap, "memory_ratio")) {
        fprintf(out, "# title\t%s: %s the stack's time, %s its memory in %zu whole program%s\n",
                has_gc ? "The gc heap" : "malloc", time, memory, count, count == 1 ? "" : "s");
    } else {
        fputs("# title\tWhole programs on the stack\n", out);
    }
    const int rounds = (int)chart_field_number(document, "rounds");
    const int runs = (int)chart_field_number(document, "runs");
    fprintf(out,
            "# subtitle\tWall time and peak resident memory of a process, log axes: median and "
            "95 %% interval of %d round%s of %d process%s; × stack: by round\n",
            rounds, rounds == 1 ? "" : "s", runs, runs == 1 ? "" : "es");
    chart_head_machine_write(out, document);
    fputs(" · time: hyperfine ", out);
    chart_field_text_write(out, chart_field_text(document, "hyperfine", "unknown"));
    fputs(" · memory: VmHWM\n", out);
}

static void ratio_write(FILE *out, const json_t *placement, const char *key)
{
    const double ratio = chart_field_number(placement, key);
    if (!isnan(ratio)) {
        char buffer[CHART_FIELD_RATIO_BYTES];
        fprintf(out, ", %s", chart_field_ratio(buffer, ratio));
    }
}

static void row_write(FILE *out, int row, const char *program, const json_t *placement)
{
    const json_t *const metrics = json_object_get(placement, "metrics");
    const json_t *const time = json_object_get(metrics, "seconds");
    const json_t *const peak = json_object_get(metrics, "peak_bytes");
    const struct display display = {.symbols = true};
    const struct chart_estimate seconds = chart_field_estimate(time, "value", "low", "high");
    struct chart_estimate mib = chart_field_estimate(peak, "value", "low", "high");
    mib.value /= bytes_per_mib;
    mib.low /= bytes_per_mib;
    mib.high /= bytes_per_mib;
    char text[DISPLAY_NUMBER_BYTES];
    fprintf(out, "%d\t", row);
    chart_field_text_write(out, program);
    fputc('\t', out);
    chart_field_text_write(out, chart_field_text(placement, "placement", ""));
    chart_field_estimate_write(out, &seconds);
    display_duration(&display, seconds.value * 1e9, text);
    fprintf(out, "\t%s", text);
    ratio_write(out, placement, "ratio");
    chart_field_estimate_write(out, &mib);
    display_number(mib.value, text);
    fprintf(out, "\t%s MiB", text);
    ratio_write(out, placement, "memory_ratio");
    fputc('\n', out);
}

void chart_process_write(FILE *out, const json_t *document)
{
    head_write(out, document);
    fputs("row\tprogram\tseries\tseconds\tseconds_low\tseconds_high\ttime_text\t"
          "mib\tmib_low\tmib_high\tmemory_text\n",
          out);
    const json_t *const programs = json_object_get(document, "programs");
    int row = 0;
    for (size_t i = 0; i < json_array_size(programs); i++) {
        const json_t *const program = json_array_get(programs, i);
        const json_t *const placements = json_object_get(program, "placements");
        for (size_t j = 0; j < json_array_size(placements); j++) {
            row_write(out, ++row, chart_field_text(program, "program", ""),
                      json_array_get(placements, j));
        }
    }
}
