// The pairs and the A/A controls of a run as charts see them, and their verdicts counted.
//
// A pair belongs to a series: "gc" or "malloc" when it compares that with the stack, "control" when
// both sides have one placement, "other" for any other two placements.
#ifndef HARNESS_CHART_PAIR_H
#define HARNESS_CHART_PAIR_H

#include "harness/chart_field.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// The strings live as long as the run that they are from.
struct chart_pair {
    const char *workload;
    const char *parameter; // NULL when the workload has none
    const char *a;
    const char *b;
    const char *verdict;
    const char *series;
    double parameter_value; // NAN when the workload has none
    int launches_count;
    struct chart_estimate ratio; // of b to a
    struct chart_estimate a_ns;
    struct chart_estimate b_ns;
    const json_t *metrics; // NULL without any
    int row;               // 0; chart_pair_rows_assign() puts it here
};

// Verdicts counted over the pairs of one series.
struct chart_tally {
    int pair_count;
    int slower_count;
    int faster_count;
    int equivalent_count;
    double slower_max; // the greatest ratio among the slower ones
};

// Reads the pairs of `run`, then its controls, into a new array that the caller frees.
//
// Returns 0; -EINVAL when `run` has not the shape of pairs.json; -ENOMEM. On an error *pairs and
// *count are untouched.
int chart_pair_read_all(struct chart_pair **pairs, size_t *count, const json_t *run);

bool chart_pair_is_series(const struct chart_pair *pair, const char *series);
bool chart_pair_is_verdict(const struct chart_pair *pair, const char *verdict);

struct chart_tally chart_pair_tally(const struct chart_pair *pairs, size_t count,
                                    const char *series);

// Gives each pair its row, from 1 on, and returns how many pairs are no controls. stack:gc and
// stack:malloc of one workload and parameter share a row.
int chart_pair_rows_assign(struct chart_pair *pairs, size_t count);

// Writes what a row is called: "short_lived/16 B"; with the placements where they are not those of
// a series.
void chart_pair_label_write(FILE *out, const struct chart_pair *pair);

// Writes five fields, each after its tab: the ratio, its low and high end, its text, the verdict.
void chart_pair_ratio_write(FILE *out, const struct chart_pair *pair);

#endif
