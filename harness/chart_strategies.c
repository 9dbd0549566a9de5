// A strategy that is a side of several pairs was measured once in each, and the least figure is
// shown: what the other side leaves in the processor only adds. (Beside segmented stacks, whose
// checks fail again and again, contiguous ones took a fifth longer.)
#include "harness/chart_strategies.h"

#include "base/assert.h"
#include "harness/chart_field.h"
#include "harness/chart_head.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const SERIES[] = {"contiguous", "segmented", "reserved"};
enum { SERIES_COUNT = sizeof SERIES / sizeof SERIES[0], PANEL_COUNT_MAX = 4 };

struct panel {
    const char *workload;
    const char *name;
};

struct point {
    size_t panel_index, series_index;
    double x; // the parameter
    const char *x_text;
    struct chart_estimate ns;
};

struct points {
    struct point *points; // sorted by panel, series, x
    size_t count;
};

static size_t series_of(const char *side)
{
    size_t index = 0;
    while (index < SERIES_COUNT && strcmp(SERIES[index], side) != 0) {
        index++;
    }
    return index;
}

static int compare_points(const void *left, const void *right)
{
    const struct point *const a = left, *const b = right;
    if (a->panel_index != b->panel_index) {
        return a->panel_index < b->panel_index ? -1 : 1;
    }
    if (a->series_index != b->series_index) {
        return a->series_index < b->series_index ? -1 : 1;
    }
    return (a->x > b->x) - (a->x < b->x);
}

static void add(struct points *points, const struct point *point)
{
    for (size_t i = 0; i < points->count; i++) {
        struct point *const other = &points->points[i];
        if (compare_points(other, point) == 0) {
            *other = point->ns.value < other->ns.value ? *point : *other;
            return;
        }
    }
    points->points[points->count++] = *point;
}

static struct chart_estimate divided(const struct chart_estimate *estimate, double divisor)
{
    return (struct chart_estimate){estimate->value / divisor, estimate->low / divisor,
                                   estimate->high / divisor};
}

// Keeps the pairs that have a panel, at the head of the array, and fills in their points.
static int points_init(struct points *points, const struct panel panels[PANEL_COUNT_MAX],
                       bool per_parameter, struct chart_pair *pairs, size_t *count)
{
    *points = (struct points){.points = calloc(2 * *count + 1, sizeof *points->points)};
    if (!points->points) {
        return -ENOMEM;
    }
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct chart_pair *const pair = &pairs[i];
        size_t panel_index = 0;
        while (panel_index < PANEL_COUNT_MAX && panels[panel_index].workload &&
               strcmp(panels[panel_index].workload, pair->workload) != 0) {
            panel_index++;
        }
        const size_t series[] = {series_of(pair->a), series_of(pair->b)};
        if (panel_index == PANEL_COUNT_MAX || !panels[panel_index].workload ||
            series[0] == series[1] || series[0] == SERIES_COUNT || series[1] == SERIES_COUNT ||
            !pair->parameter || isnan(chart_field_positive(pair->parameter_value))) {
            continue;
        }
        for (size_t side = 0; side < 2; side++) {
            const struct point point = {panel_index, series[side], pair->parameter_value,
                                        pair->parameter,
                                        divided(side ? &pair->b_ns : &pair->a_ns,
                                                per_parameter ? pair->parameter_value : 1)};
            if (!isnan(point.ns.value)) {
                add(points, &point);
            }
        }
        pairs[kept++] = *pair;
    }
    *count = kept;
    qsort(points->points, points->count, sizeof *points->points, compare_points);
    return points->count > 0 ? 0 : -EINVAL;
}

static void time_write(FILE *out, double ns)
{
    if (ns < 1000) {
        fprintf(out, "%.3g ns", ns);
    } else {
        fprintf(out, "%.3g µs", ns / 1000);
    }
}

// The greatest of a series in a panel: by time, or by depth. NULL when it has none.
static const struct point *greatest(const struct points *points, size_t panel_index,
                                    size_t series_index, bool by_time)
{
    const struct point *found = NULL;
    for (size_t i = 0; i < points->count; i++) {
        const struct point *const point = &points->points[i];
        if (point->panel_index == panel_index && point->series_index == series_index &&
            (!found || (by_time ? point->ns.value > found->ns.value : point->x > found->x))) {
            found = point;
        }
    }
    return found;
}

static void rows_write(FILE *out, const struct points *points,
                       const struct panel panels[PANEL_COUNT_MAX])
{
    fputs("panel\tpanel_name\tseries\tdepth\tdepth_text\tns\tns_low\tns_high\n", out);
    size_t shown_panel = 0;
    for (size_t i = 0; i < points->count; i++) {
        const struct point *const point = &points->points[i];
        const bool new_panel = i == 0 || point[-1].panel_index != point->panel_index;
        if (i > 0 && (new_panel || point[-1].series_index != point->series_index)) {
            fputc('\n', out);
        }
        shown_panel += new_panel;
        fprintf(out, "%zu\t%s\t%s\t%.6g\t", shown_panel, panels[point->panel_index].name,
                SERIES[point->series_index], point->x);
        chart_field_text_write(out, point->x_text);
        chart_field_estimate_write(out, &point->ns);
        fputc('\n', out);
    }
}

static void subtitle_end_write(FILE *out, const json_t *run, const struct chart_pair *pairs,
                               size_t count)
{
    fputs(": median, 95 % interval of ", out);
    chart_head_launches_write(out, pairs, count);
    fprintf(out, "; %zu %s of strategies\n", count, count == 1 ? "pair" : "pairs");
    chart_head_footer_write(out, run);
}

// The depth that the title speaks of: the greatest that all series of the panel have.
static double common_depth(const struct points *points, size_t panel_index)
{
    double depth = INFINITY;
    for (size_t series = 0; series < SERIES_COUNT; series++) {
        const struct point *const deepest = greatest(points, panel_index, series, false);
        depth = deepest && deepest->x < depth ? deepest->x : depth;
    }
    return depth;
}

int chart_strategies_growth_write(FILE *out, const json_t *run, struct chart_pair *pairs,
                                  size_t count)
{
    static const struct panel panels[PANEL_COUNT_MAX] = {
        {"recursion_first", "first use, 128 B a frame"},
        {"recursion_grown", "grown before, 128 B"},
        {"recursion_first_1k", "first use, 1 KiB a frame"},
        {"recursion_grown_1k", "grown before, 1 KiB"},
    };
    struct points points;
    const int status = points_init(&points, panels, true, pairs, &count);
    if (status == 0) {
        const size_t panel_index = points.points[0].panel_index;
        const double depth = common_depth(&points, panel_index);
        fprintf(out, "# title\t%.6g frames deep (%s), a frame costs", depth,
                panels[panel_index].name);
        const char *separator = " ";
        for (size_t i = 0; i < points.count; i++) {
            const struct point *const point = &points.points[i];
            if (point->panel_index == panel_index && point->x == depth) {
                fputs(separator, out);
                time_write(out, point->ns.value);
                fprintf(out, " %s", SERIES[point->series_index]);
                separator = ", ";
            }
        }
        fputs("\n# subtitle\tTime of a recursion and its way back, divided by its depth", out);
        subtitle_end_write(out, run, pairs, count);
        rows_write(out, &points, panels);
    }
    free(points.points);
    return status;
}

// One depth has no worst: the title names it.
static void hot_split_depth_write(FILE *out, const struct points *points)
{
    bool one_depth = true;
    for (size_t i = 1; i < points->count; i++) {
        one_depth = one_depth && points->points[i].x == points->points[0].x;
    }
    if (one_depth) {
        fprintf(out, "# title\tWith %s of stack above it a call costs", points->points[0].x_text);
    } else {
        fputs("# title\tAt its worst depth a call costs", out);
    }
}

int chart_strategies_hot_split_write(FILE *out, const json_t *run, struct chart_pair *pairs,
                                     size_t count)
{
    static const struct panel panels[PANEL_COUNT_MAX] = {
        {"hot_split", "a call, frame of 400 bytes"}};
    struct points points;
    const int status = points_init(&points, panels, false, pairs, &count);
    if (status == 0) {
        hot_split_depth_write(out, &points);
        const char *separator = " ";
        for (size_t series = 0; series < SERIES_COUNT; series++) {
            const struct point *const worst = greatest(&points, 0, series, true);
            if (worst) {
                fputs(separator, out);
                time_write(out, worst->ns.value);
                fprintf(out, " on %s stacks", SERIES[series]);
                separator = ", ";
            }
        }
        fputs("\n# subtitle\tTime of a call and its return, over the depth that it is made from",
              out);
        subtitle_end_write(out, run, pairs, count);
        rows_write(out, &points, panels);
    }
    free(points.points);
    return status;
}
