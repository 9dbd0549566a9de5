// A point is one side of one pair. The placement that several pairs have in common at a workload
// and parameter is shown once, as it is simulated once.
#include "harness/chart_crosscheck.h"

#include "base/assert.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { PANEL_COUNT = 2 };

static const struct {
    const char *metric; // of the simulation; the hardware's has hw_ before it
    const char *title;
} panels[PANEL_COUNT] = {
    {"instructions", "instructions"},
    {"l1d_misses", "L1 misses"},
};

// A log axis cannot show 0, and less than this is none (as in the table).
static const double least_count = 0.001;

struct point {
    const struct chart_pair *pair;
    bool side_b;
    double simulated;
    struct chart_estimate hardware;
    double ratio; // hardware / simulated
};

struct panel_summary {
    int point_count;
    int dropped_count; // sides with too little to show
    double low, high;  // of the ratios
    double farthest;   // the largest |ln ratio|
};

static const char *placement_of(const struct chart_pair *pair, bool side_b)
{
    return side_b ? pair->b : pair->a;
}

static bool is_same(const char *left, const char *right)
{
    return left == right || (left && right && strcmp(left, right) == 0);
}

// Whether an earlier pair has this side as well.
static bool is_repeated(const struct chart_pair *pairs, size_t index, const char *placement)
{
    const struct chart_pair *const pair = &pairs[index];
    for (size_t i = 0; i < index; i++) {
        if (is_same(pairs[i].workload, pair->workload) &&
            is_same(pairs[i].parameter, pair->parameter) &&
            (is_same(pairs[i].a, placement) || is_same(pairs[i].b, placement))) {
            return true;
        }
    }
    return false;
}

static const json_t *metric_of(const json_t *run, size_t index, bool side_b, const char *prefix,
                               const char *metric)
{
    char name[64];
    snprintf(name, sizeof name, "%c_%s%s", side_b ? 'b' : 'a', prefix, metric);
    const json_t *const pair = json_array_get(json_object_get(run, "pairs"), index);
    return json_object_get(json_object_get(pair, "metrics"), name);
}

// Reads a side of a pair; false when the run has not both counts of it.
static bool point_read(struct point *point, const json_t *run, const struct chart_pair *pairs,
                       size_t index, bool side_b, size_t panel)
{
    const char *const metric = panels[panel].metric;
    const json_t *const simulated = metric_of(run, index, side_b, "", metric);
    const json_t *const hardware = metric_of(run, index, side_b, "hw_", metric);
    *point = (struct point){.pair = &pairs[index],
                            .side_b = side_b,
                            .simulated = chart_field_number(simulated, "value"),
                            .hardware = chart_field_estimate(hardware, "value", "low", "high")};
    point->ratio = point->hardware.value / point->simulated;
    return !chart_pair_is_series(&pairs[index], "control") && !isnan(point->simulated) &&
           json_is_number(json_object_get(hardware, "value")) &&
           !is_repeated(pairs, index, placement_of(&pairs[index], side_b));
}

static bool is_shown(const struct point *point)
{
    return point->simulated >= least_count && point->hardware.value >= least_count;
}

static struct panel_summary summarize(const json_t *run, const struct chart_pair *pairs,
                                      size_t count, size_t panel)
{
    struct panel_summary summary = {.low = INFINITY};
    for (size_t i = 0; i < 2 * count; i++) {
        struct point point;
        if (!point_read(&point, run, pairs, i / 2, i % 2, panel)) {
            continue;
        }
        if (!is_shown(&point)) {
            summary.dropped_count++;
            continue;
        }
        summary.point_count++;
        summary.low = fmin(summary.low, point.ratio);
        summary.high = fmax(summary.high, point.ratio);
        summary.farthest = fmax(summary.farthest, fabs(log(point.ratio)));
    }
    return summary;
}

// "0.97× to 1.05×", or one figure when both read the same.
static void range_write(FILE *out, const struct panel_summary *summary)
{
    char low[CHART_FIELD_RATIO_BYTES], high[CHART_FIELD_RATIO_BYTES];
    const char *const from = chart_field_ratio(low, summary->low);
    const char *const to = chart_field_ratio(high, summary->high);
    fprintf(out, "%s%s%s", strcmp(from, to) == 0 ? "" : from, strcmp(from, to) == 0 ? "" : " to ",
            to);
}

static void head_write(FILE *out, const json_t *run, const struct chart_pair *pairs, size_t count,
                       const struct panel_summary summaries[PANEL_COUNT])
{
    fputs("# title\tThe hardware counts ", out);
    const char *before = "";
    int dropped_count = 0;
    for (size_t panel = 0; panel < PANEL_COUNT; panel++) {
        dropped_count += summaries[panel].dropped_count;
        if (summaries[panel].point_count > 0) {
            fputs(before, out);
            range_write(out, &summaries[panel]);
            fprintf(out, " the simulated %s", panels[panel].title);
            before = ", ";
        }
    }
    fputs("\n# subtitle\tHardware over simulation per operation, log axes, the line where they are "
          "equal: median and 95 % interval of ",
          out);
    chart_head_launches_write(out, pairs, count);
    if (dropped_count > 0) {
        fprintf(out, "; %d side%s under 0.001 left out", dropped_count,
                dropped_count == 1 ? "" : "s");
    }
    fputc('\n', out);
    chart_head_machine_write(out, run);
    const json_t *const counters = json_object_get(run, "counters");
    fputs(" · hardware: perf, user space · simulated: ", out);
    chart_field_text_write(out, chart_field_text(counters, "tool", "callgrind"));
    fputs(", ", out);
    chart_field_text_write(out, chart_field_text(counters, "model", "unknown model"));
    fputc('\n', out);
}

static const char *series_of(const char *placement)
{
    static const char *const known[] = {"stack", "gc", "malloc"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i], placement) == 0) {
            return placement;
        }
    }
    return "other";
}

static void point_write(FILE *out, size_t panel, const struct point *point, bool is_farthest)
{
    const char *const placement = placement_of(point->pair, point->side_b);
    char ratio[CHART_FIELD_RATIO_BYTES];
    fprintf(out, "%zu\t%s\t", panel + 1, panels[panel].title);
    chart_field_text_write(out, point->pair->workload);
    fputs(point->pair->parameter ? "/" : "", out);
    chart_field_text_write(out, point->pair->parameter ? point->pair->parameter : "");
    fputs(", ", out);
    chart_field_text_write(out, placement);
    fprintf(out, "\t%s", series_of(placement));
    chart_field_number_write(out, point->simulated);
    chart_field_estimate_write(out, &point->hardware);
    fprintf(out, "\t%s\t%d\n", chart_field_ratio(ratio, point->ratio), is_farthest);
}

int chart_crosscheck_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count)
{
    struct panel_summary summaries[PANEL_COUNT];
    int point_count = 0;
    for (size_t panel = 0; panel < PANEL_COUNT; panel++) {
        summaries[panel] = summarize(run, pairs, count, panel);
        point_count += summaries[panel].point_count;
    }
    if (point_count == 0) {
        return -EINVAL;
    }
    head_write(out, run, pairs, count, summaries);
    fputs("panel\tmetric\tlabel\tseries\tsimulated\thardware\thardware_low\thardware_high\t"
          "ratio_text\tfarthest\n",
          out);
    for (size_t panel = 0; panel < PANEL_COUNT; panel++) {
        bool told = false;
        for (size_t i = 0; i < 2 * count; i++) {
            struct point point;
            if (!point_read(&point, run, pairs, i / 2, i % 2, panel) || !is_shown(&point)) {
                continue;
            }
            const bool is_farthest = !told && fabs(log(point.ratio)) >= summaries[panel].farthest;
            told |= is_farthest;
            point_write(out, panel, &point, is_farthest);
        }
        ASSERT(told || summaries[panel].point_count == 0);
    }
    return 0;
}
