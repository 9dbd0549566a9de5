// The progress of a run on stderr: one line rewritten in place on a terminal, a plain line now and
// then elsewhere.
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool quiet;
    bool in_place;         // stderr is a terminal that can clear a line
    bool line_shown;       // and it holds our line
    double start_seconds;  // of the stopwatch
    double budget_seconds; // the estimate until a better one is known
    double last_seconds;   // when a plain line was last printed
};

void progress_init(struct progress *progress, bool quiet, double budget_seconds);

// Shows "[ 34 s / ~120 s ] TEXT"; `share_done` of the run is done (0: unknown). Cheap enough to
// call for every launch.
void progress_show(struct progress *progress, double share_done, const char *text);

// Takes the line away, before anything else is printed and at the end.
void progress_clear(struct progress *progress);

#endif
