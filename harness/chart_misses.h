// The table of the chart `misses`: cache misses per operation over the working set, for workloads
// whose parameter is that. harness/chart_data.h has its columns.
#ifndef HARNESS_CHART_MISSES_H
#define HARNESS_CHART_MISSES_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes the table, head lines included.
//
// Returns 0; -EINVAL, with nothing written, when the run has no counted misses of such a workload;
// -ENOMEM. Errors of `out` stay in it.
int chart_misses_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
