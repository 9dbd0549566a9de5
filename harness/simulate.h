// Simulated counters: one side of a pair under valgrind's callgrind, with a given cache model.
// Deterministic: two simulations of one build on one machine give the same numbers.
#ifndef HARNESS_SIMULATE_H
#define HARNESS_SIMULATE_H

#include "harness/cache_model.h"
#include "harness/pair.h"

#include <stdbool.h>

enum { SIMULATE_VERSION_BYTES = 64, SIMULATE_ERROR_BYTES = 512 };

// What there is per operation, in the order of simulate_metric_names.
enum simulate_metric {
    SIMULATE_INSTRUCTIONS,
    SIMULATE_L1D_MISSES,    // data reads and writes that miss the first level
    SIMULATE_LL_MISSES,     // of these, those that miss the last level too
    SIMULATE_BRANCH_MISSES, // mispredicted conditional branches and indirect jumps
    SIMULATE_METRIC_COUNT,
};

struct simulate_counts {
    double op_count; // operations that were counted
    double gc_count; // collections among them
    double per_op[SIMULATE_METRIC_COUNT];
};

// The path of valgrind, found through $PATH, and what it calls itself ("valgrind-3.19.0"). Returns
// NULL when there is none that runs; otherwise free() the path.
char *simulate_find_valgrind(char version[SIMULATE_VERSION_BYTES]);

struct simulate_call {
    const char *valgrind_path;
    const char *worker_path;
    const struct cache_model *model;
    const struct pair *pair;
    bool side_b;
    double timeout_seconds;
};

// Simulates. Returns false with a message when there are no numbers; an interrupt is one reason.
bool simulate_side(const struct simulate_call *call, struct simulate_counts *counts,
                   char error[SIMULATE_ERROR_BYTES]);

#endif
