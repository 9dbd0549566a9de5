// The counters of a run: which kinds there are, the simulation, and what pairs.json says of it. The
// worker reads hardware and software events itself, beside its times.
//
// Kinds are never mixed: every metric has its own name and `source` for each.
#ifndef HARNESS_COUNTERS_H
#define HARNESS_COUNTERS_H

#include "harness/cache_model.h"
#include "harness/counter_probe.h"
#include "harness/pair.h"
#include "harness/simulate.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum counters_mode { COUNTERS_AUTO, COUNTERS_HARDWARE, COUNTERS_SIMULATED, COUNTERS_OFF };

enum { COUNTERS_NOTE_BYTES = 256 };

struct counters {
    enum counters_mode mode; // as asked for
    bool simulates;
    const char *worker_kind; // what the worker counts: the value of its --counters
    struct counter_probe probe;
    struct cache_model model;
    char *valgrind_path;
    char valgrind_version[SIMULATE_VERSION_BYTES];
    char note[COUNTERS_NOTE_BYTES]; // for the head of the table; empty when there is nothing to say
    struct simulate_counts *sides;  // of the counted pairs, a and b of each in turn; NULL before
    size_t pair_count;
    double seconds; // that the simulation took
};

// Settles what will be counted, before anything is measured: `mode_text` is auto, hardware,
// simulated or off. Dies when it is none of them, when the model is wrong, or when what was asked
// for by name is not to be had by this worker on this core, with the reason and what to do about
// it. `auto` takes both kinds where both are there, so that each can be checked against the other.
void counters_init(struct counters *counters, const char *mode_text, const char *model_text,
                   const char *worker_path, int cpu);

void counters_release(struct counters *counters);

// Simulates every pair of the list but the controls, as many at a time as there are cores. Returns
// 0, or 1 when a simulation failed that was asked for by name, which is reported on stderr; with
// `auto` a failure becomes the note. Does nothing when nothing is to be simulated. After an
// interrupt the result is without meaning.
int counters_simulate(struct counters *counters, const struct pair_list *list,
                      const char *worker_path, bool quiet);

// Adds to pairs.json: metrics of each pair, a description under "counters", and the note.
void counters_add(const struct counters *counters, json_t *run);

#endif
