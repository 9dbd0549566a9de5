#include "harness/chart_process.h"

#include "harness/chart_field.h"
#include "harness/chart_head.h"
#include "harness/display.h"
#include "harness/interval.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double bytes_per_mib = 1024.0 * 1024.0;

// What too few rounds do not reach is called a range.
static const double coverage_named = 0.95;

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

// "3.2× (3.1–3.3)": a ratio with its interval, whose ends go without the sign.
static void title_ratio_write(FILE *out, const json_t *placement)
{
    const struct chart_estimate ratio =
        chart_field_estimate(placement, "ratio", "ratio_low", "ratio_high");
    char text[CHART_FIELD_RATIO_BYTES];
    fputs(chart_field_ratio(text, ratio.value), out);
    if (!isnan(ratio.low) && !isnan(ratio.high)) {
        static const char sign[] = "×";
        chart_field_ratio(text, ratio.low);
        fprintf(out, " (%.*s–", (int)strcspn(text, sign), text);
        chart_field_ratio(text, ratio.high);
        fprintf(out, "%.*s)", (int)strcspn(text, sign), text);
    }
}

// Names the least and the greatest ratio with their intervals. It does not call them slower or
// faster: there is no equivalence band for whole programs.
static void title_write(FILE *out, const json_t *programs, const char *heap, const char *subject)
{
    const json_t *least = NULL, *most = NULL;
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(programs); i++) {
        const json_t *const placement = placement_at(json_array_get(programs, i), heap);
        const double ratio = chart_field_number(placement, "ratio");
        if (isnan(ratio)) {
            continue;
        }
        count++;
        least = !least || ratio < chart_field_number(least, "ratio") ? placement : least;
        most = !most || ratio > chart_field_number(most, "ratio") ? placement : most;
    }
    if (count == 0) {
        fputs("# title\tWhole programs on the stack\n", out);
        return;
    }
    fprintf(out, "# title\t%s takes ", subject);
    title_ratio_write(out, least);
    if (count > 1) {
        fputs(" to ", out);
        title_ratio_write(out, most);
    }
    fprintf(out, " the stack's time in %zu program%s\n", count, count == 1 ? "" : "s");
}

static void head_write(FILE *out, const json_t *document)
{
    const json_t *const programs = json_object_get(document, "programs");
    const bool has_gc =
        json_array_size(programs) > 0 && placement_at(json_array_get(programs, 0), "gc");
    title_write(out, programs, has_gc ? "gc" : "malloc", has_gc ? "The gc heap" : "malloc");
    const int rounds = (int)chart_field_number(document, "rounds");
    const int runs = (int)chart_field_number(document, "runs");
    const bool has_interval =
        rounds > 0 &&
        interval_coverage((size_t)rounds, interval_rank((size_t)rounds)) >= coverage_named;
    fprintf(out,
            "# subtitle\tWall time and peak resident memory of a process, log axes: median and %s "
            "of %d round%s of %d process%s; ×: to the stack, by round\n",
            has_interval ? "95 % interval" : "range", rounds, rounds == 1 ? "" : "s", runs,
            runs == 1 ? "" : "es");
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
