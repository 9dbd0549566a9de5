// The table of the chart `crosscheck`: what hardware and simulation counted of the same code. See
// harness/chart_data.h.
#ifndef HARNESS_CHART_CROSSCHECK_H
#define HARNESS_CHART_CROSSCHECK_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// As chart_data_write(); -EINVAL for a run that has not both kinds of counts.
int chart_crosscheck_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
