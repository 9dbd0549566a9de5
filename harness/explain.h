// Why an object is where placement `auto` has it, and what that cost: the analyser's lines joined
// with what a run measured (`escapement run --explain`).
#ifndef HARNESS_EXPLAIN_H
#define HARNESS_EXPLAIN_H

#include "harness/display.h"

#include <jansson.h>
#include <stdio.h>

// Looks, for every pair of the run (pairs.json) with a side `auto`, at where its workload makes
// objects, with the worker, and at what the analyser said of these lines when the worker was built.
// An array with an object a line; docs/formats.md has the fields. Such a pair gets its `placed`
// (harness/agreement.h). Dies when the worker does not answer. A note in the run's `notes` names
// workloads of which the analyser's file is missing.
json_t *explain_json(json_t *run, const char *worker_path);

// A paragraph a line.
void explain_print(FILE *out, const struct display *display, const json_t *lines);

#endif
