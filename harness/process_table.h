// The timings of whole programs as a table.
#ifndef HARNESS_PROCESS_TABLE_H
#define HARNESS_PROCESS_TABLE_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

// `document` as process_json_read() gives it.
void process_table_print(FILE *out, const struct display *display, const json_t *document);

#endif
