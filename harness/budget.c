#include "harness/budget.h"

#include "base/assert.h"

const double budget_pair_seconds_min = 0.005;

static double fitting_seconds(const struct budget_need *need, size_t launches)
{
    const double process_seconds = need->seconds / (double)(launches * need->pairs);
    return (process_seconds - need->overhead_seconds) / need->slope;
}

struct budget_fit budget_fit(const struct budget_need *need)
{
    ASSERT(need->launches > 0 && need->pairs > 0);
    ASSERT(need->slope > 0);
    size_t launches = need->launches;
    while (!need->launches_fixed && launches > BUDGET_LAUNCHES_MIN &&
           fitting_seconds(need, launches) < budget_pair_seconds_min) {
        // Down to the next multiple of the step.
        launches = (launches - 1) / BUDGET_LAUNCHES_STEP * BUDGET_LAUNCHES_STEP;
    }
    const double seconds = fitting_seconds(need, launches);
    const bool too_small = seconds < budget_pair_seconds_min;
    return (struct budget_fit){
        .launches = launches,
        .pair_seconds = too_small ? budget_pair_seconds_min : seconds,
        .too_small = too_small,
    };
}
