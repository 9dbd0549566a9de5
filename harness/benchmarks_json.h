// benchmarks.json: the session in Google Benchmark's own format (its version 1.7), for compare.py
// and other readers of that format.
//
// Every side of every pair is a benchmark, every launch a repetition of it. A benchmark is named
// WORKLOAD/PARAMETER/PLACEMENT; a placement that occurs in several pairs of one workload and
// parameter (stack in stack:gc and in stack:malloc) has that name in the first of them, and is
// WORKLOAD/PARAMETER/vs_OTHER/PLACEMENT in the others. The two sides of a control are
// WORKLOAD/PARAMETER/control/PLACEMENT/a and /b. So no name is the beginning of another one's
// placement, and compare.py's filters (which search, not match) pick one benchmark each.
#ifndef HARNESS_BENCHMARKS_JSON_H
#define HARNESS_BENCHMARKS_JSON_H

#include "harness/session.h"

#include <jansson.h>

// The document as a new reference.
json_t *benchmarks_json(const struct session *session);

#endif
