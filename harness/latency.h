// The latency pass of a run: fresh processes that time every operation alone, their histograms
// merged. It comes after the throughput session, in a share of the budget set apart for it, and
// its figures go to a file of their own: the two are never compared.
#ifndef HARNESS_LATENCY_H
#define HARNESS_LATENCY_H

#include "harness/latency_side.h"
#include "harness/session.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum latency_mode {
    LATENCY_DEFAULT, // a few pairs, where the run measures them
    LATENCY_ALL,     // every pair of the run
    LATENCY_NONE,
};

// Merged over the launches.
struct latency_pair {
    const struct pair *pair;
    struct latency_side sides[2];
    struct latency_side timer;
};

struct latency {
    struct latency_pair *pairs;
    size_t count;
    size_t launches;
    double pair_seconds;     // measured time of a pair in a launch, timer included
    double reserved_seconds; // of the budget
    double duration_seconds;
    bool is_left_out; // the budget is too small for the default set
};

// Chooses the pairs of the list and the time they get. With LATENCY_DEFAULT there are none when
// the budget is too small for them (is_left_out). latency->reserved_seconds is what the session
// must leave. The list must outlive it.
void latency_init(struct latency *latency, enum latency_mode mode, const struct pair_list *list,
                  double budget_seconds);

// Measures them all (none: does nothing). Returns 0 or the exit status as session_init() does.
int latency_measure(struct latency *latency, struct session *session);

// The document of latency.json; NULL when there are no pairs.
json_t *latency_json(const struct latency *latency, const struct session *session, const char *id);

void latency_release(struct latency *latency);

#endif
