// The points of the chart `misses`, and the title that follows from them.
#ifndef HARNESS_CHART_MISSES_TITLE_H
#define HARNESS_CHART_MISSES_TITLE_H

#include "harness/chart_counter.h"

#include <stddef.h>
#include <stdio.h>

enum chart_misses_level { CHART_MISSES_L1D, CHART_MISSES_LL, CHART_MISSES_LEVEL_COUNT };

// The strings live as long as the run that they are from.
struct chart_misses_point {
    const char *workload;
    const char *size; // of the working set, as people read it
    double size_bytes;
    const char *series; // stack, gc or malloc
    enum chart_misses_level level;
    enum chart_counter_source source;
    struct chart_estimate misses; // per operation
    double active_share;          // of hardware's counts; NAN for others
};

// Writes the line `# title`. There must be a point. `line_bytes` may be NAN.
void chart_misses_title_write(FILE *out, const struct chart_misses_point *points, size_t count,
                              double line_bytes);

#endif
