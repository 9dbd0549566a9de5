// Medians, their exact intervals and quantiles: order statistics, so no distribution is assumed
// and nothing is resampled.
#ifndef HARNESS_INTERVAL_H
#define HARNESS_INTERVAL_H

#include <stddef.h>

struct interval {
    double value; // the median; of an even count the mean of the two middle values
    double low;   // the ends: values of the sample
    double high;
    double coverage; // the probability that [low, high] holds the true median
};

// The largest k for which [x(k), x(n+1-k)] covers the true median with at least 95 %; x(1) is the
// smallest value. Below 6 values no k does, and the answer is 1: the whole range. count > 0.
// Source: the number of values below the median is binomial(n, 1/2), so the coverage is
// 1 - 2 P(X <= k-1); W. J. Conover, Practical Nonparametric Statistics, 3.2.
size_t interval_rank(size_t count);

// The coverage of [x(rank), x(count+1-rank)], 1 <= rank <= (count + 1) / 2.
double interval_coverage(size_t count, size_t rank);

// The median with its interval at interval_rank(). The values are left as they are; count > 0.
struct interval interval_of(const double *values, size_t count);

// The smallest of the values that at least `share` of them do not exceed, 0 < share <= 1, count >
// 0. (No interpolation: with few values it errs to the larger side, as a band should.)
double interval_quantile(const double *values, size_t count, double share);

#endif
