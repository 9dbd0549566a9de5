// The worker's sites mode: where in the source a workload makes its objects, how many an operation,
// and how many of them were in a frame, as JSON on stdout. `escapement run --explain` joins it with
// what the analyser says of the same lines.
#ifndef HARNESS_WORKER_SITES_H
#define HARNESS_WORKER_SITES_H

#include <stdint.h>

// Runs a few operations of the noted build of side b of the pair (WORKLOAD/PARAMETER/A:B) and
// prints {"format", "kind": "sites", "pair", "file", "ops", "sites": [{"line", "objects",
// "stack_objects", "bytes"}]}. Dies when there is no such pair; returns the program's exit status.
int worker_sites_run(const char *pair, uint64_t seed);

#endif
