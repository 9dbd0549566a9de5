// What an interval of the ratio b/a says, judged against a band around 1 within which two
// placements count as equal.
//
// Everything is symmetric in logarithms: a band of 0.02 reaches from 1/1.02 to 1.02, so swapping a
// and b swaps faster and slower and changes nothing else.
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "harness/interval.h"

#include <stddef.h>

enum verdict {
    VERDICT_INCONCLUSIVE, // the interval crosses an edge of the band
    VERDICT_FASTER,       // b is: the whole interval lies below the band
    VERDICT_EQUIVALENT,   // the whole interval lies in the band, which is no wider than the limit
                          // below
    VERDICT_SLOWER,       // b is: the whole interval lies above the band
    VERDICT_LAYOUT,       // offsets of the timed loop have different conclusive verdicts
};

enum { VERDICT_COUNT = VERDICT_LAYOUT + 1 };

// How many launches an offset needs for a verdict of its own: the range of five values covers the
// median with 93.75 %; of four, with 87.5 %, which is too little to contradict another offset.
enum { VERDICT_OFFSET_LAUNCHES_MIN = 5 };

// A wider band calls nothing equivalent. Controls that differ by more than a quarter come from a
// machine too disturbed to tell: differences that people care about would fit into such a band.
static const double verdict_band_equivalent_max = 0.25;

// "slower", ..., "depends on layout": the words of pairs.json.
const char *verdict_text(enum verdict verdict);

// The verdict of that text, or -1.
int verdict_parse(const char *text);

// The verdict on one interval of positive ratios; band > 0.
enum verdict verdict_judge(const struct interval *ratio, double band);

// The verdict on one offset: inconclusive below VERDICT_OFFSET_LAUNCHES_MIN launches.
enum verdict verdict_judge_offset(const struct interval *ratio, size_t launch_count, double band);

// `overall`, or VERDICT_LAYOUT when two of the offsets' verdicts are conclusive and differ.
enum verdict verdict_combine(enum verdict overall, const enum verdict *offsets,
                             size_t offset_count);

// The spread of A/A ratios (count may be 0: then 0): exp(the 95 % quantile of |ln ratio|) - 1.
double verdict_spread(const double *ratios, size_t count);

#endif
