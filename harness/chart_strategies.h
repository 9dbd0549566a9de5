// The tables of the charts `growth` and `hot_split` (chart_data.h): time over depth, a series a
// strategy for stacks.
#ifndef HARNESS_CHART_STRATEGIES_H
#define HARNESS_CHART_STRATEGIES_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Write the table; -EINVAL when the run has no pairs of strategies of these workloads, -ENOMEM.
int chart_strategies_growth_write(FILE *out, const json_t *run, struct chart_pair *pairs,
                                  size_t count);
int chart_strategies_hot_split_write(FILE *out, const json_t *run, struct chart_pair *pairs,
                                     size_t count);

#endif
