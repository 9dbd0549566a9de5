// Counted events of a pair's sides as charts see them, and what a chart says of where they are
// from.
//
// Simulated and hardware counts of one event are metrics of their own in pairs.json
// ("a_l1d_misses", "a_hw_l1d_misses"), each with its source: they are never taken for one another.
#ifndef HARNESS_CHART_COUNTER_H
#define HARNESS_CHART_COUNTER_H

#include "harness/chart_pair.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum chart_counter_source {
    CHART_COUNTER_SIMULATED,
    CHART_COUNTER_HARDWARE,
    CHART_COUNTER_SOURCE_COUNT,
};

// "simulated" or "hardware", as in pairs.json and in the charts' tables.
const char *chart_counter_source_name(enum chart_counter_source source);

// The event ("l1d_misses") per operation of one side; unlike times, it may be 0. All NAN where the
// run has not counted it by that source.
struct chart_estimate chart_counter_read(const struct chart_pair *pair, bool side_b,
                                         const char *event, enum chart_counter_source source);

// The share of the counted time during which hardware counted the event of that side: below 1 its
// count is scaled. NAN where it did not.
double chart_counter_active_share(const struct chart_pair *pair, bool side_b, const char *event);

// Writes how the sources are marked and what their numbers are: "hollow: simulated, deterministic",
// and of hardware counts, too, which are filled, or that there are none. `sources` tells which are
// drawn.
void chart_counter_sources_write(FILE *out, const json_t *run,
                                 const bool sources[CHART_COUNTER_SOURCE_COUNT]);

// Writes the line `# footer`, with what counted in place of the clock: the tool and the modelled
// caches, or hardware and its least active share, which may be NAN.
void chart_counter_footer_write(FILE *out, const json_t *run,
                                const bool sources[CHART_COUNTER_SOURCE_COUNT],
                                double active_share);

// "32769", "0.26": at most five figures. Returns `buffer`.
const char *chart_counter_text(char buffer[CHART_FIELD_RATIO_BYTES], double value);

#endif
