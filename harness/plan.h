// Which (launch, pair) runs when, and with what drawn at random.
//
// The run goes in rounds, one launch of every pair each, in an order drawn for the round: so every
// pair spans the whole session and a slow phase of the machine meets all alike. What is known or
// suspected to move a launch's figures is drawn anew for each launch (the worker's seed, the size
// of its environment, the depth of its stack) or rotated (the offset of the loops and the order in
// which the worker was linked, from starts drawn per pair), so that it is in the interval and not
// in the ratio.
#ifndef HARNESS_PLAN_H
#define HARNESS_PLAN_H

#include <stddef.h>
#include <stdint.h>

enum { PLAN_PAD_BYTES_MAX = 4095 };

struct plan_step {
    size_t launch_index;
    size_t pair_index;
    size_t offset_index;      // into the worker's list of offsets
    size_t link_index;        // of the worker: the same objects linked in another order
    uint64_t seed;            // the worker's
    size_t stack_pad_bytes;   // at most PLAN_PAD_BYTES_MAX
    size_t environment_bytes; // at most PLAN_PAD_BYTES_MAX
};

struct plan {
    struct plan_step *steps; // launch_count rounds of pair_count steps
    size_t launch_count;
    size_t pair_count;
};

// The same arguments give the same plan. A plan of fewer launches is the beginning of a longer one.
// Counts > 0.
void plan_init(struct plan *plan, size_t launch_count, size_t pair_count, size_t offset_count,
               size_t link_count, uint64_t seed);

void plan_release(struct plan *plan);

#endif
