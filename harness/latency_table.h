// The latency section below the table of a run.
#ifndef HARNESS_LATENCY_TABLE_H
#define HARNESS_LATENCY_TABLE_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

// Prints an empty line and the section; nothing when `latency`, the document of latency.json, is
// NULL.
void latency_table_print(FILE *out, const struct display *display, const json_t *latency);

#endif
