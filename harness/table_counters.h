// The second block of the table: what each pair counts per operation, side a and side b, under a
// heading that says where the numbers come from.
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

// "1.04 -> 2.10" of one metric without its side ("l1d_misses"); "" when the pair has none.
enum { TABLE_COUNTERS_CELL_BYTES = 2 * DISPLAY_NUMBER_BYTES + 16 };
void table_counters_cell(const struct display *display, const json_t *pair, const char *metric,
                         char cell[TABLE_COUNTERS_CELL_BYTES]);

#endif
