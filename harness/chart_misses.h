// The table of the chart `misses`: cache misses per visited node of pointer_chase, by the size of
// the ring, with the modelled caches' sizes. Its columns: size_bytes, size, series (stack, gc),
// level (l1, ll), misses. Head lines beside the usual ones: `# l1_bytes`, `# ll_bytes`.
#ifndef HARNESS_CHART_MISSES_H
#define HARNESS_CHART_MISSES_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes the table from the run itself; `pairs` have no counters and are left alone.
//
// Returns 0; -EINVAL, with nothing written, when the run has no simulated misses of pointer_chase
// in stack against gc. Errors of `out` stay in it.
int chart_misses_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
