// Counts of durations in log-linear buckets: two significant digits over the whole range of a
// uint64_t, in constant memory and constant time a value.
//
// Values below 256 have a bucket each. Above, every power of two is cut into 128 buckets of equal
// width, so a bucket is never wider than 1/128 of its values, and the middle of the bucket, which
// is what quantiles report, is off by at most 1/256 (0.4 %) of the true value. The smallest and
// the greatest value are kept exactly.
//
// Source: Gil Tene's HdrHistogram (https://hdrhistogram.org); this is its layout for two digits.
#ifndef HARNESS_HISTOGRAM_H
#define HARNESS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_HALF_BITS = 7, // 128 buckets a power of two: the fewest that give two digits
    HISTOGRAM_BUCKET_COUNT = (64 - HISTOGRAM_HALF_BITS + 1) << HISTOGRAM_HALF_BITS,
};

// A quantile's greatest relative error.
#define HISTOGRAM_RELATIVE_ERROR (1.0 / (double)(2 << HISTOGRAM_HALF_BITS))

// 58 KiB. A zeroed one is empty.
struct histogram {
    uint64_t counts[HISTOGRAM_BUCKET_COUNT];
    uint64_t count;
    uint64_t min; // of no values: 0
    uint64_t max;
};

// The bucket of a value, and the least and the greatest value of a bucket.
size_t histogram_bucket(uint64_t value);
uint64_t histogram_bucket_low(size_t bucket_index);
uint64_t histogram_bucket_high(size_t bucket_index);

// The value that stands for a bucket's: its middle, rounded down.
uint64_t histogram_bucket_middle(size_t bucket_index);

// Adds a value, or `count` times the same one. A count that would pass UINT64_MAX stays there, and
// so does the sum: quantiles then lean towards the values that came first.
void histogram_record(struct histogram *histogram, uint64_t value);
void histogram_record_many(struct histogram *histogram, uint64_t value, uint64_t count);

// Adds all of `other`: the same as if its values had been recorded here.
void histogram_merge(struct histogram *histogram, const struct histogram *other);

// The least value that a share of at least `quantile` (0 to 1) of all values does not exceed: the
// one of rank ceil(quantile * count) in ascending order, off by at most HISTOGRAM_RELATIVE_ERROR.
// Exact for the first and the last rank. 0 for an empty histogram.
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
