// A title speaks of one level and one source: of what hardware counted before what was simulated,
// of the last level before the first. It is the first of these that all their points support:
//     from some size on, every line is missed;
//     hardly a line is missed;
//     the placements miss alike, with the most that any interval leaves open;
// else it names the ring where the placements differ most, with both counts and their intervals.
#include "harness/chart_misses_title.h"

#include "base/assert.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// A share of a ring's lines counts as all or as none of them when it is as near to that.
static const double all_or_none = 0.005;
// Placements whose counts cannot differ by more are said to miss alike.
static const double alike = 0.05;
// Where the run does not say: of x86-64 and most others.
static const double line_bytes_usual = 64;

struct view {
    const struct chart_misses_point *points;
    size_t count;
    enum chart_misses_level level;
    enum chart_counter_source source;
    double line_bytes;
};

static bool is_seen(const struct view *view, const struct chart_misses_point *point)
{
    return point->level == view->level && point->source == view->source;
}

// The next point of the level and source behind `point`, or the first for NULL; NULL at the end.
static const struct chart_misses_point *next(const struct view *view,
                                             const struct chart_misses_point *point)
{
    const struct chart_misses_point *const end = view->points + view->count;
    for (point = point ? point + 1 : view->points; point < end; point++) {
        if (is_seen(view, point)) {
            return point;
        }
    }
    return NULL;
}

static double low_of(const struct chart_misses_point *point)
{
    return isnan(point->misses.low) ? point->misses.value : point->misses.low;
}

static double high_of(const struct chart_misses_point *point)
{
    return isnan(point->misses.high) ? point->misses.value : point->misses.high;
}

static double line_count(const struct view *view, const struct chart_misses_point *point)
{
    return point->size_bytes / view->line_bytes;
}

static bool misses_all(const struct view *view, const struct chart_misses_point *point)
{
    const double lines = line_count(view, point);
    return low_of(point) >= (1 - all_or_none) * lines &&
           high_of(point) <= (1 + all_or_none) * lines;
}

static bool misses_none(const struct view *view, const struct chart_misses_point *point)
{
    return high_of(point) <= all_or_none * line_count(view, point);
}

// The point of the smallest size from which on all points miss every line; NULL without one.
static const struct chart_misses_point *all_from(const struct view *view)
{
    const struct chart_misses_point *found = NULL;
    for (const struct chart_misses_point *from = NULL; (from = next(view, from));) {
        bool all = !found || from->size_bytes < found->size_bytes;
        for (const struct chart_misses_point *point = NULL; all && (point = next(view, point));) {
            all = point->size_bytes < from->size_bytes || misses_all(view, point);
        }
        found = all ? from : found;
    }
    return found;
}

static const struct chart_misses_point *largest(const struct view *view)
{
    const struct chart_misses_point *found = NULL;
    for (const struct chart_misses_point *point = NULL; (point = next(view, point));) {
        found = !found || point->size_bytes > found->size_bytes ? point : found;
    }
    return found;
}

// The stack's point of the same ring; NULL without one, and for the stack itself.
static const struct chart_misses_point *stack_of(const struct view *view,
                                                 const struct chart_misses_point *heap)
{
    for (const struct chart_misses_point *point = NULL; (point = next(view, point));) {
        if (strcmp(point->series, "stack") == 0 && strcmp(heap->series, "stack") != 0 &&
            point->size_bytes == heap->size_bytes && strcmp(point->workload, heap->workload) == 0) {
            return point;
        }
    }
    return NULL;
}

// By how much the counts of a heap and the stack may differ at most, as a factor.
static double distance(const struct view *view, const struct chart_misses_point *heap)
{
    const struct chart_misses_point *const stack = stack_of(view, heap);
    if (!stack || (misses_none(view, heap) && misses_none(view, stack))) {
        return 1;
    }
    return fmax(high_of(heap) / low_of(stack), high_of(stack) / low_of(heap));
}

static void counts_write(FILE *out, const struct chart_misses_point *point)
{
    char text[CHART_FIELD_RATIO_BYTES];
    fputs(chart_counter_text(text, point->misses.value), out);
    if (low_of(point) < high_of(point)) {
        fprintf(out, " (%s", chart_counter_text(text, low_of(point)));
        fprintf(out, "–%s)", chart_counter_text(text, high_of(point)));
    }
}

static const char *place_of(const char *series)
{
    return strcmp(series, "gc") == 0 ? "on the gc heap" : "with malloc";
}

static void difference_write(FILE *out, const struct view *view, const char *level)
{
    const struct chart_misses_point *widest = NULL;
    for (const struct chart_misses_point *heap = NULL; (heap = next(view, heap));) {
        if (!widest || distance(view, heap) > distance(view, widest)) {
            widest = heap;
        }
    }
    ASSERT(widest && stack_of(view, widest));
    chart_field_text_write(out, widest->workload);
    fputc('/', out);
    chart_field_text_write(out, widest->size);
    fprintf(out, " misses the %s ", level);
    counts_write(out, widest);
    fprintf(out, " times %s, ", place_of(widest->series));
    counts_write(out, stack_of(view, widest));
    fputs(" on the stack", out);
}

static void sentence_write(FILE *out, const struct view *view)
{
    static const char *const names[CHART_COUNTER_SOURCE_COUNT][CHART_MISSES_LEVEL_COUNT] = {
        [CHART_COUNTER_SIMULATED] = {"modelled first level", "modelled last level"},
        [CHART_COUNTER_HARDWARE] = {"first level", "last level"},
    };
    const char *const level = names[view->source][view->level];
    const char *where = NULL;
    bool none = true, every_heap_has_stack = true;
    double apart = 1;
    for (const struct chart_misses_point *point = NULL; (point = next(view, point));) {
        none = none && misses_none(view, point);
        apart = fmax(apart, distance(view, point));
        if (strcmp(point->series, "stack") != 0) {
            const char *const place = place_of(point->series);
            every_heap_has_stack = every_heap_has_stack && stack_of(view, point);
            where = where && strcmp(where, place) != 0 ? "on both heaps" : place;
        }
    }
    const struct chart_misses_point *const from = all_from(view);
    if (!where || !every_heap_has_stack) {
        fprintf(out, "Misses of the %s by rings of up to ", level);
        chart_field_text_write(out, largest(view)->size);
    } else if (apart > 1 + alike) {
        difference_write(out, view, level);
    } else if (from) {
        const bool is_last = from->size_bytes == largest(view)->size_bytes;
        fputs(is_last ? "Rings of " : "Rings from ", out);
        chart_field_text_write(out, from->size);
        fprintf(out, is_last ? " miss the %s" : " on miss the %s", level);
        fprintf(out, " at every line, on the stack as %s", where);
    } else if (none) {
        fputs("Rings of up to ", out);
        chart_field_text_write(out, largest(view)->size);
        fprintf(out, " miss the %s at under 1 %% of their lines, on the stack as %s", level, where);
    } else {
        fprintf(out, "Rings miss the %s as often %s as on the stack, within %.0f %%", level, where,
                fmax(1, ceil(100 * (apart - 1))));
    }
}

void chart_misses_title_write(FILE *out, const struct chart_misses_point *points, size_t count,
                              double line_bytes)
{
    ASSERT(count > 0);
    struct view view = {.points = points,
                        .count = count,
                        .line_bytes = line_bytes > 0 ? line_bytes : line_bytes_usual};
    for (int i = 0; i < CHART_COUNTER_SOURCE_COUNT * CHART_MISSES_LEVEL_COUNT; i++) {
        view.source =
            i < CHART_MISSES_LEVEL_COUNT ? CHART_COUNTER_HARDWARE : CHART_COUNTER_SIMULATED;
        view.level = i % CHART_MISSES_LEVEL_COUNT == 0 ? CHART_MISSES_LL : CHART_MISSES_L1D;
        if (next(&view, NULL)) {
            break;
        }
    }
    fputs("# title\t", out);
    sentence_write(out, &view);
    fputc('\n', out);
}
