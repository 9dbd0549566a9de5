// The measuring itself: runs every launch of every pair within the budget and keeps the samples.
#ifndef HARNESS_SESSION_H
#define HARNESS_SESSION_H

#include "harness/catalog.h"
#include "harness/pair.h"
#include "harness/sample.h"
#include "harness/worker.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct session_settings {
    const struct worker_links *links; // borrowed
    size_t launches;                  // wanted
    bool launches_fixed;              // asked for: not reduced to keep the budget
    double budget_seconds;
    double reserved_seconds; // of the budget, for what comes after the session
    double band_floor;       // a share: 0.01
    double timeout_seconds;
    const char *counters; // what the worker counts: its --counters
    int cpu;
    uint64_t seed;
    bool quiet;
};

struct session {
    struct session_settings settings;
    const struct catalog *catalog; // borrowed
    const struct pair_list *list;  // borrowed
    struct sample *samples;        // launches * list->count, by launch, then pair; all measured
    size_t launches;               // really run
    size_t launches_failed;        // processes that had to be repeated
    double pair_seconds;           // measured time of a pair in a launch
    time_t started;                // wall clock
    double duration_seconds;
    json_t *context; // Google Benchmark's, of the first launch; may be NULL
    json_t *notes;   // array of texts: what the reader of the table should know
};

// Measures. Returns 0, or what the program is to exit with: 1 after a failure, which was reported
// on stderr, or the status of an interrupt, which was not. The caller releases in every case.
int session_init(struct session *session, const struct session_settings *settings,
                 const struct catalog *catalog, const struct pair_list *list);

void session_release(struct session *session);

// The sample of a launch of a pair.
const struct sample *session_sample(const struct session *session, size_t launch_index,
                                    size_t pair_index);

// Appends a note in printf's manner.
void session_note(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
