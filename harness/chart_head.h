// The parts that the head lines of all charts share: `# footer`, `# band_low` and `# band_high`,
// and the end of `# subtitle`.
#ifndef HARNESS_CHART_HEAD_H
#define HARNESS_CHART_HEAD_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Writes "20 launches" for these pairs, or "18–20 launches" when some failed in some pairs.
void chart_head_launches_write(FILE *out, const struct chart_pair *pairs, size_t count);

// Writes "within 1.4 %", the run's equivalence band: what a title must say with "equivalent", which
// a noisy run calls everything. Nothing where the run has none.
void chart_head_within_write(FILE *out, const json_t *run);

// Begins the line `# footer`: the machine, the compiler, the libc and the commit of a run or of
// process.json. The caller ends the line.
void chart_head_machine_write(FILE *out, const json_t *run);

// Writes the line `# footer`.
void chart_head_footer_write(FILE *out, const json_t *run);

// Ends the subtitle with what the shaded band means, where the run has one, and writes the lines
// after it.
void chart_head_end_write(FILE *out, const json_t *run);

#endif
