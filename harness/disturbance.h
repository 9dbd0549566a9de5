// How much of a run was disturbed, in words.
#ifndef HARNESS_DISTURBANCE_H
#define HARNESS_DISTURBANCE_H

#include "harness/session.h"

// Adds a note when the sentinel flagged more than 5 % of the run's slices, or of one pair's: the
// mean over launches and sides, which all have nearly the same number of slices.
void disturbance_note(struct session *session);

#endif
