// What the worker's options and its output have to do with counters.
#ifndef HARNESS_WORKER_COUNTERS_H
#define HARNESS_WORKER_COUNTERS_H

#include "harness/gbench.h"
#include "harness/measure.h"
#include "harness/measure_counters.h"

#include <stdio.h>

enum worker_counters_kind { WORKER_COUNTERS_ALL, WORKER_COUNTERS_SOFTWARE, WORKER_COUNTERS_OFF };

// The value of --counters; dies when it is none.
enum worker_counters_kind worker_counters_parse(const char *text);

// Prepares the counting of a pair, and makes it part of the options unless it is off.
void worker_counters_init(struct measure_counters *counters, enum worker_counters_kind kind,
                          struct measure_options *options);

// Adds what was counted to the output: "a_hw_cycles", and how much of the time it was active,
// "a_hw_cycles_active_share". What was not counted is not there.
void worker_counters_set(struct gbench_state *state, const struct measure_counters *counters);

// The answer to --list-counters: {"hardware": ["hw_cycles", ...], "missing": [{"event": ...,
// "error": "ENOENT"}, ...], "advice": "..."}. The advice is empty exactly when hardware counts.
void worker_counters_print(FILE *out);

#endif
