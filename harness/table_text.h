// The lines above and below the table of a run (harness/table.h), wrapped to the width. Arguments
// as table_print()'s.
#ifndef HARNESS_TABLE_TEXT_H
#define HARNESS_TABLE_TEXT_H

#include "harness/display.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// A text, broken at spaces; further lines are indented.
void table_text_wrapped(FILE *out, const struct display *display, const char *text, size_t indent);

// Program, commit, machine, compiler, libc, launches and core.
void table_text_head(FILE *out, const struct display *display, const json_t *run);

// A line "note: ..." for uncommitted changes, repeated launches and each of the run's notes.
void table_text_notes(FILE *out, const struct display *display, const json_t *run);

// The equivalence band and where it comes from.
void table_text_band(FILE *out, const struct display *display, const json_t *run);

// "7 slower, 2 equivalent, 1 inconclusive (more time: --budget 5m) · 112 s".
void table_text_counts(FILE *out, const struct display *display, const json_t *run);

#endif
