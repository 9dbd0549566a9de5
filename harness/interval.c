#include "harness/interval.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double confidence = 0.95;

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted_copy(const double *values, size_t count)
{
    double *const sorted = allocate_zeroed(count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    return sorted;
}

double interval_coverage(size_t count, size_t rank)
{
    ASSERT(rank >= 1);
    ASSERT(rank <= (count + 1) / 2);
    return 1 - 2 * gsl_cdf_binomial_P((unsigned)(rank - 1), 0.5, (unsigned)count);
}

size_t interval_rank(size_t count)
{
    ASSERT(count > 0);
    size_t rank = 1;
    while (rank + 1 <= (count + 1) / 2 && interval_coverage(count, rank + 1) >= confidence) {
        rank++;
    }
    return rank;
}

struct interval interval_of(const double *values, size_t count)
{
    ASSERT(count > 0);
    double *const sorted = sorted_copy(values, count);
    const size_t rank = interval_rank(count);
    const struct interval interval = {
        .value = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
        .low = sorted[rank - 1],
        .high = sorted[count - rank],
        .coverage = interval_coverage(count, rank),
    };
    free(sorted);
    ASSERT(interval.low <= interval.value);
    ASSERT(interval.value <= interval.high);
    return interval;
}

double interval_quantile(const double *values, size_t count, double share)
{
    ASSERT(count > 0);
    ASSERT(share > 0 && share <= 1);
    double *const sorted = sorted_copy(values, count);
    // 0.95 * 20 is a little over 19 in binary: the tiny amount keeps the rank at 19.
    const size_t rank = (size_t)ceil(share * (double)count - 1e-9);
    const double quantile = sorted[(rank ? rank : 1) - 1];
    free(sorted);
    return quantile;
}
