#include "harness/plan.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "base/rng.h"

#include <stdlib.h>

// Fisher-Yates: all orders equally likely.
static void shuffle(struct plan_step *steps, size_t count, struct rng *rng)
{
    for (size_t i = count; i > 1; i--) {
        const size_t other = rng_below(rng, (uint32_t)i);
        const struct plan_step step = steps[i - 1];
        steps[i - 1] = steps[other];
        steps[other] = step;
    }
}

void plan_init(struct plan *plan, size_t launch_count, size_t pair_count, size_t offset_count,
               size_t link_count, uint64_t seed)
{
    ASSERT(launch_count > 0 && pair_count > 0);
    ASSERT(offset_count > 0 && link_count > 0);
    *plan = (struct plan){
        .steps = allocate_zeroed(launch_count * pair_count, sizeof *plan->steps),
        .launch_count = launch_count,
        .pair_count = pair_count,
    };
    struct rng rng;
    rng_init(&rng, seed);
    size_t *const offset_start = allocate_zeroed(pair_count, sizeof *offset_start);
    size_t *const link_start = allocate_zeroed(pair_count, sizeof *link_start);
    for (size_t pair = 0; pair < pair_count; pair++) {
        offset_start[pair] = rng_below(&rng, (uint32_t)offset_count);
        link_start[pair] = rng_below(&rng, (uint32_t)link_count);
    }
    for (size_t launch = 0; launch < launch_count; launch++) {
        struct plan_step *const round = &plan->steps[launch * pair_count];
        for (size_t pair = 0; pair < pair_count; pair++) {
            round[pair] = (struct plan_step){
                .launch_index = launch,
                .pair_index = pair,
                .offset_index = (launch + offset_start[pair]) % offset_count,
                .link_index = (launch + link_start[pair]) % link_count,
                .seed = rng_next(&rng),
                .stack_pad_bytes = rng_below(&rng, PLAN_PAD_BYTES_MAX + 1),
                .environment_bytes = rng_below(&rng, PLAN_PAD_BYTES_MAX + 1),
            };
        }
        shuffle(round, pair_count, &rng);
    }
    free(offset_start);
    free(link_start);
}

void plan_release(struct plan *plan)
{
    free(plan->steps);
    *plan = (struct plan){0};
}
