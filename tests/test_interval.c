// Against independent truths: the published table of the sign test, binomial sums in integers, and
// quantiles by counting.
#include "harness/interval.h"

#include "base/rng.h"
#include "tests/test.h"

#include <math.h>
#include <stddef.h>

// The rank is one more than the critical value of the two-sided sign test at 5 %, the largest c
// with P(X <= c) <= 0.025 for X binomial(n, 1/2), which statistics books tabulate: none below n =
// 6, then 0 0 0 1 1 1 2 2 2 3 3 4 4 4 5 5 5 6 6 7 for n = 6 to 25, and 9, 13, 17, 21 for 30, 40,
// 50, 60.
TEST(interval_ranks_are_the_tabulated_ones)
{
    static const struct {
        size_t count, rank;
    } table[] = {{6, 1},  {7, 1},  {8, 1},  {9, 2},  {10, 2},  {11, 2},  {12, 3},  {13, 3},
                 {14, 3}, {15, 4}, {16, 4}, {17, 5}, {18, 5},  {19, 5},  {20, 6},  {21, 6},
                 {22, 6}, {23, 7}, {24, 7}, {25, 8}, {30, 10}, {40, 14}, {50, 18}, {60, 22}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CHECK_EQUAL(interval_rank(table[i].count), table[i].rank);
    }
}

TEST(interval_ranks_below_six_values_are_the_range)
{
    for (size_t count = 1; count < 6; count++) {
        CHECK_EQUAL(interval_rank(count), 1);
    }
    CHECK(fabs(interval_coverage(5, 1) - 0.9375) < 1e-12);
    CHECK(fabs(interval_coverage(4, 1) - 0.875) < 1e-12);
}

// 1 - 2 * (sum of the first binomials) / 2^n, in exact integers.
TEST(interval_coverage_is_the_binomial_sum)
{
    for (size_t count = 1; count <= 60; count++) {
        uint64_t binomial = 1, sum = 0;
        for (size_t rank = 1; rank <= (count + 1) / 2; rank++) {
            sum += binomial;
            const double expected = 1 - 2 * (double)sum / pow(2, (double)count);
            CHECK(fabs(interval_coverage(count, rank) - expected) < 1e-9);
            binomial = binomial * (count - rank + 1) / rank;
        }
    }
}

TEST(interval_of_known_values)
{
    double values[20];
    for (size_t i = 0; i < 20; i++) {
        values[i] = (double)((i * 7) % 20 + 1); // 1 to 20 in some order
    }
    const struct interval interval = interval_of(values, 20);
    CHECK(interval.value == 10.5);
    CHECK(interval.low == 6);
    CHECK(interval.high == 15);
    CHECK(interval.coverage >= 0.95);
    CHECK(values[1] == 8); // left as they were
    const double odd[] = {5, 1, 9, 3, 7, 11, 13};
    CHECK(interval_of(odd, 7).value == 7);
    CHECK(interval_of(odd, 1).low == 5 && interval_of(odd, 1).high == 5);
}

// The promise itself: of many samples of a known distribution, at least 95 % of the intervals hold
// its median (4,000 samples: a deviation of 1 % would be three standard errors).
TEST(interval_covers_the_true_median)
{
    struct rng rng;
    rng_init(&rng, 20);
    enum { SAMPLES = 4000 };
    int covered = 0;
    for (int i = 0; i < SAMPLES; i++) {
        double values[12];
        for (size_t k = 0; k < 12; k++) {
            const double uniform = (double)(rng_next(&rng) >> 11) * 0x1p-53;
            values[k] = -log(1 - uniform); // exponential: skewed, median ln 2
        }
        const struct interval interval = interval_of(values, 12);
        covered += interval.low <= log(2) && log(2) <= interval.high;
    }
    CHECK(covered >= 0.95 * SAMPLES);
    CHECK(covered <= 0.99 * SAMPLES);
}

// By brute force: the smallest value that enough values do not exceed.
TEST(interval_quantile_by_counting)
{
    struct rng rng;
    rng_init(&rng, 3);
    static const double shares[] = {0.05, 0.5, 0.95, 1};
    for (size_t count = 1; count <= 100; count++) {
        double values[100];
        for (size_t i = 0; i < count; i++) {
            values[i] = (double)rng_below(&rng, 50); // with ties
        }
        for (size_t s = 0; s < 4; s++) {
            double expected = INFINITY;
            for (size_t i = 0; i < count; i++) {
                size_t not_above = 0;
                for (size_t k = 0; k < count; k++) {
                    not_above += values[k] <= values[i];
                }
                // In hundredths, so that the comparison is exact.
                const size_t needed = (size_t)lround(shares[s] * 100) * count;
                if (not_above * 100 >= needed && values[i] < expected) {
                    expected = values[i];
                }
            }
            CHECK(interval_quantile(values, count, shares[s]) == expected);
        }
    }
}
