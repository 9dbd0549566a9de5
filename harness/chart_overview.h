// The table of the chart `overview`: every pair's ratio, a row a workload and parameter, the A/A
// controls last. harness/chart_data.h has its columns.
#ifndef HARNESS_CHART_OVERVIEW_H
#define HARNESS_CHART_OVERVIEW_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes the table, head lines included, and gives every pair its row.
//
// Returns 0; -EINVAL, with nothing written, when there are no pairs. Errors of `out` stay in it.
int chart_overview_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
