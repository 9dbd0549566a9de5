// The table of the chart `instructions`: what each pair executes per operation on its two sides,
// the pairs in the order of their ratios. harness/chart_data.h has its columns.
#ifndef HARNESS_CHART_INSTRUCTIONS_H
#define HARNESS_CHART_INSTRUCTIONS_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes the table, head lines included; reorders the pairs.
//
// Returns 0; -EINVAL, with nothing written, when no pair's instructions were counted; -ENOMEM.
// Errors of `out` stay in it.
int chart_instructions_write(FILE *out, const json_t *run, struct chart_pair *pairs, size_t count);

#endif
