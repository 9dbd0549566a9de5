// How long each pair is measured in each launch, so that the whole run fits its budget.
#ifndef HARNESS_BUDGET_H
#define HARNESS_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

enum {
    BUDGET_LAUNCHES_MIN = 8,  // where the budget stops taking launches away: interval x(1)..x(8)
    BUDGET_LAUNCHES_STEP = 4, // launches rotate over four offsets and stay balanced
};

// Below this a pair gets so few quads that the launch's median is mostly noise.
extern const double budget_pair_seconds_min;

struct budget_need {
    double seconds;          // that are left
    size_t launches;         // that are wanted
    bool launches_fixed;     // and not to be reduced
    size_t pairs;            // controls included
    double overhead_seconds; // of a process, beside its measured time
    double slope;            // seconds of the process a measured second; 1 until known better
};

struct budget_fit {
    size_t launches;
    double pair_seconds;
    bool too_small; // even the fewest launches of the shortest time take longer
};

// Keeps the launches and shortens the time first; takes launches away (unless they are fixed, and
// never below 8, or the wanted number if that is less) when the time would fall below its minimum.
struct budget_fit budget_fit(const struct budget_need *need);

#endif
