// A value of b bits (b > 8) lies in the bucket that its highest eight bits name: the first of them
// is always 1, the other seven count the buckets inside the power of two. Logarithms of the value
// were rejected: they cost ten times as much and make the edges depend on libm.
#include "harness/histogram.h"

#include "base/assert.h"

#include <math.h>

enum { HALF = 1 << HISTOGRAM_HALF_BITS };

size_t histogram_bucket(uint64_t value)
{
    if (value < 2 * HALF) {
        return value;
    }
    const unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_HALF_BITS;
    return ((size_t)shift << HISTOGRAM_HALF_BITS) + (size_t)(value >> shift);
}

uint64_t histogram_bucket_low(size_t bucket_index)
{
    ASSERT(bucket_index < HISTOGRAM_BUCKET_COUNT);
    if (bucket_index < 2 * (size_t)HALF) {
        return bucket_index;
    }
    const unsigned shift = (unsigned)(bucket_index >> HISTOGRAM_HALF_BITS) - 1;
    return (uint64_t)(HALF + bucket_index % HALF) << shift;
}

uint64_t histogram_bucket_high(size_t bucket_index)
{
    return bucket_index + 1 < HISTOGRAM_BUCKET_COUNT ? histogram_bucket_low(bucket_index + 1) - 1
                                                     : UINT64_MAX;
}

uint64_t histogram_bucket_middle(size_t bucket_index)
{
    const uint64_t low = histogram_bucket_low(bucket_index);
    return low + (histogram_bucket_high(bucket_index) - low) / 2;
}

static uint64_t add(uint64_t left, uint64_t right)
{
    return left > UINT64_MAX - right ? UINT64_MAX : left + right;
}

void histogram_record_many(struct histogram *histogram, uint64_t value, uint64_t count)
{
    if (count == 0) {
        return;
    }
    uint64_t *const bucket = &histogram->counts[histogram_bucket(value)];
    *bucket = add(*bucket, count);
    if (histogram->count == 0 || value < histogram->min) {
        histogram->min = value;
    }
    if (value > histogram->max) {
        histogram->max = value;
    }
    histogram->count = add(histogram->count, count);
}

void histogram_record(struct histogram *histogram, uint64_t value)
{
    histogram_record_many(histogram, value, 1);
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    if (other->count == 0) {
        return;
    }
    for (size_t i = 0; i < HISTOGRAM_BUCKET_COUNT; i++) {
        histogram->counts[i] = add(histogram->counts[i], other->counts[i]);
    }
    if (histogram->count == 0 || other->min < histogram->min) {
        histogram->min = other->min;
    }
    if (other->max > histogram->max) {
        histogram->max = other->max;
    }
    histogram->count = add(histogram->count, other->count);
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
    ASSERT(quantile >= 0 && quantile <= 1);
    if (histogram->count == 0) {
        return 0;
    }
    // 0.9999 * 10000 is 9999.000000000002 or so: what is that near a whole number is one.
    const double wanted = quantile * (double)histogram->count;
    const double rank = ceil(wanted - wanted * 1e-12);
    if (rank <= 1) {
        return histogram->min;
    }
    uint64_t seen = 0;
    for (size_t i = histogram_bucket(histogram->min); i < HISTOGRAM_BUCKET_COUNT; i++) {
        seen = add(seen, histogram->counts[i]);
        if ((double)seen >= rank) {
            const uint64_t middle = histogram_bucket_middle(i);
            if (rank >= (double)histogram->count || middle > histogram->max) {
                return histogram->max;
            }
            return middle < histogram->min ? histogram->min : middle;
        }
    }
    return histogram->max;
}
