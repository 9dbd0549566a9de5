// The table of the chart `short_lived`: time and ratio by the size of one short-lived object.
// harness/chart_data.h has its columns.
#ifndef HARNESS_CHART_SHORT_LIVED_H
#define HARNESS_CHART_SHORT_LIVED_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes the table, head lines included. Reorders `pairs`, and drops those that it does not draw.
//
// Returns 0; -EINVAL, with nothing written, when none of the pairs is a size of short_lived against
// the stack. Errors of `out` stay in it.
int chart_short_lived_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
