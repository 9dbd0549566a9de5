// Measures a pair of strategies: one build under two strategies for stacks.
//
// A strategy holds for a whole runtime_run(), and a process has one runtime, so slices of the two
// sides cannot alternate within a run. Instead a launch has four runs, ABBA or BAAB, the order
// drawn: drift that is linear over the launch cancels, as in a quad of slices. Every run begins
// with empty caches of stacks, checks its side, warms up and takes a quarter of the time. Two
// processes that hand slices to each other were rejected: every slice would begin with a switch of
// processes and the caches that it left.
#ifndef HARNESS_MEASURE_STRATEGIES_H
#define HARNESS_MEASURE_STRATEGIES_H

#include "harness/measure.h"

// As measure_run(), for a pair with by_strategy. `latency` and `counters` of the options are left
// alone. quad_count is 1, and objects are not required.
void measure_strategies_run(const struct measure_pair *pair, const struct measure_options *options,
                            struct measure_result *result);

#endif
