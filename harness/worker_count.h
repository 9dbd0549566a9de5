// The worker's count mode: one side of one pair under callgrind, and how many operations that were
// as JSON on stdout.
//
// It comes before anything of Google Benchmark's: what that allocates depends on the program's
// path, the host and the load, and would move what the workload and the runtime allocate.
#ifndef HARNESS_WORKER_COUNT_H
#define HARNESS_WORKER_COUNT_H

#include "harness/count.h"

#include <stdbool.h>

struct worker_count_options {
    const char *pair;         // WORKLOAD/PARAMETER/A:B; NULL: no count mode
    struct count_options run; // but for its parameter, which follows from the pair
};

// The value of --count-side: whether it is b. Dies when it is neither.
bool worker_count_parse_side(const char *text);

// Counts and prints {"format", "kind": "count", "ops", "collections", "instrumented"}. Dies when
// the pair is not one of this worker's; returns the program's exit status: 0, or 1 when nothing was
// run, with the reason on stderr.
int worker_count_run(const struct worker_count_options *options, unsigned offset_bytes);

#endif
