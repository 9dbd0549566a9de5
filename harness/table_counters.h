// The blocks below the table: what each pair counts per operation, side a and side b, a block for
// each source under a heading that names it; and the page faults, where there are any.
#ifndef HARNESS_TABLE_COUNTERS_H
#define HARNESS_TABLE_COUNTERS_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

enum { TABLE_COUNTERS_LABEL_BYTES = 160 };

// Prints nothing for a run without counters. `label` writes a pair's name as the first block has
// it.
void table_counters_print(FILE *out, const struct display *display, const json_t *run,
                          void (*label)(const json_t *pair, char text[TABLE_COUNTERS_LABEL_BYTES]));

#endif
