// What one launch of one pair measured: the counters of the worker's JSON, by name.
#ifndef HARNESS_SAMPLE_H
#define HARNESS_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { SAMPLE_METRIC_COUNT_MAX = 56, SAMPLE_ERROR_BYTES = 512 };

// A row of the table of counters. The names are the worker's and those of pairs.json; side is 'a'
// or 'b', or 0 for what belongs to both. Hardware and software events may be missing.
struct sample_metric {
    const char *name; // "a_ns"
    const char *base; // "ns": the name without its side
    char side;
    const char *unit;
    const char *source; // "measured", "hardware", "software"; NULL: the active share of the row
                        // before, for which the active share is a part of what it says
};

// The table; `ratio` comes first, and b_first is not in it.
extern const struct sample_metric sample_metrics[];
extern const size_t sample_metric_count;

struct sample {
    bool measured;
    bool b_first;                           // side b was called first in the process
    int offset;                             // of the timed loop
    int link;                               // which link order of the worker
    double values[SAMPLE_METRIC_COUNT_MAX]; // in the table's order; NAN: not counted
};

// The index of a metric by name; the name must be in the table.
size_t sample_metric_index(const char *name);

enum sample_outcome {
    SAMPLE_OK,
    SAMPLE_REFUSED, // the worker itself says that the pair cannot be trusted: error_message
    SAMPLE_BROKEN,  // not the JSON of the contract
};

// Reads the worker's stdout, which must hold the benchmark `pair_name`. On SAMPLE_OK fills the
// sample (but for offset and link) and, when `context` is not NULL, *context with a new reference
// to Google Benchmark's context. Otherwise writes a message.
enum sample_outcome sample_parse(struct sample *sample, const char *text, const char *pair_name,
                                 json_t **context, char error[SAMPLE_ERROR_BYTES]);

#endif
