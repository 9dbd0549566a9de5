// The workloads linked into this worker, by name, and the pairs that can be made of them.
#ifndef HARNESS_WORKER_TABLE_H
#define HARNESS_WORKER_TABLE_H

#include "harness/measure.h"
#include "harness/pair_sides.h"
#include "harness/workload_build.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// All builds, in link order.
const struct workload_build *const *worker_table_builds(size_t *build_count);

// Fills in the builds of a pair at this offset. False when one is not linked in, or when the
// workload is not one for strategies.
bool worker_table_pair(struct measure_pair *pair, const char *workload,
                       const struct pair_sides *sides, unsigned offset_bytes);

// Calls visit once a workload, in link order, with one of its builds.
void worker_table_each(void (*visit)(const struct workload_build *build, void *context),
                       void *context);

// Prints workloads, placements, offsets and controls as JSON (docs/formats.md).
void worker_table_print(FILE *out);

#endif
