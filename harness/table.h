// The table of a run, for people.
#ifndef HARNESS_TABLE_H
#define HARNESS_TABLE_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

// Prints the head, the notes, a table a pair of placements, the controls with the band, and the
// counts of verdicts. `run` is a checked pairs.json (harness/run_file.h); `folder` is named in the
// last line. Errors stay in the stream.
void table_print(FILE *out, const struct display *display, const json_t *run, const char *folder);

#endif
