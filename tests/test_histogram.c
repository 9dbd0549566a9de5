// Quantiles against the exact ones of sorted samples of known distributions, and of the
// distributions themselves.
#include "harness/histogram.h"

#include "base/rng.h"
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_COUNT = 200000 };

static const double QUANTILES[] = {0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1};
enum { QUANTILE_COUNT = sizeof QUANTILES / sizeof QUANTILES[0] };

static struct histogram *new_histogram(void)
{
    return calloc(1, sizeof(struct histogram));
}

static double uniform(struct rng *rng) // in (0, 1)
{
    return ((double)(rng_next(rng) >> 11) + 0.5) / 9007199254740992.0;
}

// Values that a latency may have: a constant, uniform, exponential, log-normal, Pareto with a tail
// beyond a second, two far humps, and every power of two.
static uint64_t draw(int distribution, struct rng *rng)
{
    const double u = uniform(rng);
    switch (distribution) {
    case 0:
        return 47;
    case 1:
        return (uint64_t)(u * 100000);
    case 2:
        return (uint64_t)(-5000 * log(u));
    case 3:
        return (uint64_t)exp(8 + 2 * sqrt(-2 * log(u)) * cos(6.283185307 * uniform(rng)));
    case 4:
        return (uint64_t)(100 * pow(u, -1.5));
    case 5:
        return u < 0.9995 ? 30 + rng_below(rng, 20) : 5000000 + rng_below(rng, 1000000);
    default:
        return rng_next(rng) >> rng_below(rng, 64);
    }
}
enum { DISTRIBUTION_COUNT = 7 };

static int compare(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static bool is_within(uint64_t got, uint64_t exact)
{
    const double error = fabs((double)got - (double)exact);
    return error <= (double)exact * HISTOGRAM_RELATIVE_ERROR;
}

TEST(histogram_quantiles_are_within_the_stated_error_of_the_exact_ones)
{
    uint64_t *const values = calloc(SAMPLE_COUNT, sizeof *values);
    for (int distribution = 0; distribution < DISTRIBUTION_COUNT; distribution++) {
        struct rng rng;
        rng_init(&rng, 42 + (uint64_t)distribution);
        struct histogram *const histogram = new_histogram();
        for (int i = 0; i < SAMPLE_COUNT; i++) {
            values[i] = draw(distribution, &rng);
            histogram_record(histogram, values[i]);
        }
        qsort(values, SAMPLE_COUNT, sizeof *values, compare);
        for (size_t i = 0; i < QUANTILE_COUNT; i++) {
            const double rank = ceil(QUANTILES[i] * SAMPLE_COUNT - 1e-6);
            const uint64_t exact = values[rank < 1 ? 0 : (size_t)rank - 1];
            const uint64_t got = histogram_quantile(histogram, QUANTILES[i]);
            if (!is_within(got, exact)) {
                test_fail(__FILE__, __LINE__, "distribution %d, quantile %g: %llu, exactly %llu",
                          distribution, QUANTILES[i], (unsigned long long)got,
                          (unsigned long long)exact);
            }
        }
        CHECK_EQUAL(histogram->count, SAMPLE_COUNT);
        CHECK(histogram->min == values[0]);
        CHECK(histogram->max == values[SAMPLE_COUNT - 1]);
        free(histogram);
    }
    free(values);
}

// Without a sample in between: value i once for i = 1..10^6 has the quantile q * 10^6.
TEST(histogram_of_a_uniform_distribution_has_its_closed_form_quantiles)
{
    struct histogram *const histogram = new_histogram();
    for (uint64_t value = 1; value <= 1000000; value++) {
        histogram_record(histogram, value);
    }
    CHECK(is_within(histogram_quantile(histogram, 0.5), 500000));
    CHECK(is_within(histogram_quantile(histogram, 0.9), 900000));
    CHECK(is_within(histogram_quantile(histogram, 0.99), 990000));
    CHECK(is_within(histogram_quantile(histogram, 0.999), 999000));
    CHECK(is_within(histogram_quantile(histogram, 0.9999), 999900));
    CHECK_EQUAL(histogram_quantile(histogram, 1), 1000000);
    CHECK_EQUAL(histogram_quantile(histogram, 0), 1);
    free(histogram);
}

// A rank is not missed by one because 0.9999 * 10000 is not 9999 in binary.
TEST(histogram_ranks_are_whole)
{
    struct histogram *const histogram = new_histogram();
    histogram_record_many(histogram, 10, 9999);
    histogram_record(histogram, 200);
    CHECK_EQUAL(histogram_quantile(histogram, 0.9999), 10);
    CHECK_EQUAL(histogram_quantile(histogram, 0.99991), 200);
    free(histogram);
}

TEST(histogram_buckets_tile_the_whole_range)
{
    CHECK_EQUAL(histogram_bucket_low(0), 0);
    for (size_t i = 0; i < HISTOGRAM_BUCKET_COUNT; i++) {
        const uint64_t low = histogram_bucket_low(i), high = histogram_bucket_high(i);
        CHECK(histogram_bucket(low) == i);
        CHECK(histogram_bucket(high) == i);
        CHECK(i == 0 || histogram_bucket_high(i - 1) + 1 == low);
        const uint64_t middle = histogram_bucket_middle(i);
        CHECK((double)(high - middle) <= (double)high * HISTOGRAM_RELATIVE_ERROR);
        CHECK((double)(middle - low) <= (double)low * HISTOGRAM_RELATIVE_ERROR);
    }
    CHECK(histogram_bucket_high(HISTOGRAM_BUCKET_COUNT - 1) == UINT64_MAX);
    CHECK_EQUAL(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKET_COUNT - 1);
}

TEST(histogram_merge_is_recording_everything_in_one)
{
    struct histogram *const all = new_histogram(), *const merged = new_histogram();
    struct rng rng;
    rng_init(&rng, 7);
    for (int part = 0; part < 5; part++) {
        struct histogram *const one = new_histogram();
        for (int i = 0; i < 1000 * part; i++) { // the first one stays empty
            const uint64_t value = draw(DISTRIBUTION_COUNT, &rng);
            histogram_record(all, value);
            histogram_record(one, value);
        }
        histogram_merge(merged, one);
        free(one);
    }
    CHECK(memcmp(all, merged, sizeof *all) == 0);
    CHECK_EQUAL(merged->count, 10000);
    free(all);
    free(merged);
}

TEST(histogram_merge_keeps_the_extremes)
{
    struct histogram *const left = new_histogram(), *const right = new_histogram();
    histogram_merge(left, right);
    CHECK_EQUAL(left->count, 0);
    CHECK_EQUAL(histogram_quantile(left, 0.5), 0);
    histogram_record(right, 1000003);
    histogram_merge(left, right);
    CHECK_EQUAL(left->min, 1000003);
    CHECK_EQUAL(left->max, 1000003);
    CHECK_EQUAL(histogram_quantile(left, 0.5), 1000003); // one value is exact
    histogram_record(right, 0);
    histogram_merge(left, right);
    CHECK_EQUAL(left->min, 0);
    CHECK_EQUAL(left->max, 1000003);
    CHECK_EQUAL(left->count, 3);
    free(left);
    free(right);
}

TEST(histogram_takes_the_greatest_values_and_counts)
{
    struct histogram *const histogram = new_histogram(), *const other = new_histogram();
    histogram_record_many(histogram, UINT64_MAX, 0);
    CHECK_EQUAL(histogram->count, 0);
    histogram_record(histogram, UINT64_MAX);
    histogram_record(histogram, 0);
    CHECK(histogram_quantile(histogram, 1) == UINT64_MAX);
    CHECK_EQUAL(histogram_quantile(histogram, 0.5), 0);
    // Counts stop at their greatest value and do not begin anew.
    histogram_record_many(other, 5, UINT64_MAX);
    histogram_merge(histogram, other);
    histogram_record(histogram, 5);
    CHECK(histogram->count == UINT64_MAX);
    CHECK(histogram->counts[5] == UINT64_MAX);
    CHECK_EQUAL(histogram_quantile(histogram, 0.5), 5);
    CHECK(histogram->max == UINT64_MAX);
    free(histogram);
    free(other);
}
