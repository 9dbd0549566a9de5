// What the two sides of a pair are, in the worker: two placements of a workload's objects, or two
// strategies for its stacks (the objects are in the frames of both). Named A:B.
#ifndef HARNESS_PAIR_SIDES_H
#define HARNESS_PAIR_SIDES_H

#include "harness/placement.h"
#include "harness/strategy.h"

#include <stdbool.h>

struct pair_sides {
    bool by_strategy;
    enum placement placements[2];
    enum stack_strategy strategies[2];
};

enum pair_sides_outcome { PAIR_SIDES_OK, PAIR_SIDES_NO_PAIR, PAIR_SIDES_UNKNOWN };

// Reads "stack:gc" or "contiguous:segmented". PAIR_SIDES_NO_PAIR: not of that form, or one of each
// kind; PAIR_SIDES_UNKNOWN: an unknown name.
enum pair_sides_outcome pair_sides_parse(struct pair_sides *sides, const char *text);

const char *pair_sides_name(const struct pair_sides *sides, int side);

#endif
