// The table of the chart `percentiles`; see harness/chart_data.h for its columns.
#ifndef HARNESS_CHART_PERCENTILES_H
#define HARNESS_CHART_PERCENTILES_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes it from the run's "latency" (harness/latency_file.h); the pairs are not looked at.
// -EINVAL when the run has none.
int chart_percentiles_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
