// Arrays of samples, as floats: 24 bits are more than a clock gives.
#ifndef HARNESS_VALUES_H
#define HARNESS_VALUES_H

#include "base/assert.h"
#include "base/die.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Touched before anything is timed: a page fault costs more than most slices' spread. Never NULL.
static inline float *values_new(size_t count)
{
    float *values = malloc(count * sizeof *values);
    if (!values) {
        die("out of memory for %zu samples", count);
    }
    memset(values, 1, count * sizeof *values);
    return values;
}

static inline int values_compare(const void *left, const void *right)
{
    const float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

// The median; reorders the values.
static inline double values_median(float *values, size_t count)
{
    ASSERT(count > 0);
    qsort(values, count, sizeof *values, values_compare);
    return ((double)values[(count - 1) / 2] + (double)values[count / 2]) / 2;
}

#endif
