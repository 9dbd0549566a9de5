#include "harness/verdict.h"

#include "tests/test.h"

#include <math.h>
#include <stddef.h>

static enum verdict judge(double low, double high, double band)
{
    const struct interval ratio = {.value = sqrt(low * high), .low = low, .high = high};
    return verdict_judge(&ratio, band);
}

TEST(verdict_compares_the_interval_with_the_band)
{
    CHECK_EQUAL(judge(1.03, 1.05, 0.02), VERDICT_SLOWER);
    CHECK_EQUAL(judge(0.90, 0.95, 0.02), VERDICT_FASTER);
    CHECK_EQUAL(judge(0.99, 1.01, 0.02), VERDICT_EQUIVALENT);
    CHECK_EQUAL(judge(1.005, 1.01, 0.02), VERDICT_EQUIVALENT); // excludes 1, and yet
    CHECK_EQUAL(judge(1.01, 1.03, 0.02), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(0.97, 1.00, 0.02), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(0.50, 2.00, 0.02), VERDICT_INCONCLUSIVE);
}

TEST(verdict_edges_belong_to_the_band)
{
    CHECK_EQUAL(judge(1.0, 1.25, 0.25), VERDICT_EQUIVALENT);
    CHECK_EQUAL(judge(0.8, 1.25, 0.25), VERDICT_EQUIVALENT); // 1/1.25 is 0.8 exactly
    CHECK_EQUAL(judge(1.25, 1.3, 0.25), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(0.7, 0.8, 0.25), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(nextafter(1.25, 2), 1.3, 0.25), VERDICT_SLOWER);
    CHECK_EQUAL(judge(0.7, nextafter(0.8, 0), 0.25), VERDICT_FASTER);
}

TEST(verdict_of_a_wide_band_is_never_equivalent)
{
    CHECK_EQUAL(judge(0.99, 1.01, 0.25), VERDICT_EQUIVALENT);
    CHECK_EQUAL(judge(0.99, 1.01, nextafter(0.25, 1)), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(9, 10, 18.84), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(judge(20, 21, 18.84), VERDICT_SLOWER);
}

// Swapping the sides turns [low, high] into [1/high, 1/low] and must mirror the verdict.
TEST(verdict_is_symmetric_under_swapping_the_sides)
{
    for (int i = 0; i < 65; i++) {
        for (int k = 0; k < 47; k++) {
            const double low = 0.9 + i * 0.0031, high = low + k * 0.0047;
            const enum verdict forward = judge(low, high, 0.0137);
            const enum verdict backward = judge(1 / high, 1 / low, 0.0137);
            const enum verdict mirrored = forward == VERDICT_SLOWER   ? VERDICT_FASTER
                                          : forward == VERDICT_FASTER ? VERDICT_SLOWER
                                                                      : forward;
            CHECK_EQUAL(backward, mirrored);
        }
    }
}

TEST(verdict_of_an_offset_needs_five_launches)
{
    const struct interval ratio = {.value = 2, .low = 1.9, .high = 2.1};
    CHECK_EQUAL(verdict_judge_offset(&ratio, 4, 0.02), VERDICT_INCONCLUSIVE);
    CHECK_EQUAL(verdict_judge_offset(&ratio, 5, 0.02), VERDICT_SLOWER);
}

TEST(verdict_depends_on_layout_when_offsets_contradict)
{
    const enum verdict same[] = {VERDICT_SLOWER, VERDICT_INCONCLUSIVE, VERDICT_SLOWER};
    const enum verdict unlike[] = {VERDICT_INCONCLUSIVE, VERDICT_SLOWER, VERDICT_EQUIVALENT};
    const enum verdict unknown[] = {VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE};
    CHECK_EQUAL(verdict_combine(VERDICT_SLOWER, same, 3), VERDICT_SLOWER);
    CHECK_EQUAL(verdict_combine(VERDICT_SLOWER, unlike, 3), VERDICT_LAYOUT);
    CHECK_EQUAL(verdict_combine(VERDICT_FASTER, unknown, 2), VERDICT_FASTER);
    CHECK_EQUAL(verdict_combine(VERDICT_EQUIVALENT, same, 0), VERDICT_EQUIVALENT);
}

// 20 ratios of which the 19th largest distance from 1, in logarithms, is that of 1/1.04.
TEST(verdict_spread_is_the_quantile_of_the_distance)
{
    double ratios[20];
    for (size_t i = 0; i < 20; i++) {
        ratios[i] = i % 2 ? 1.001 : 1 / 1.002;
    }
    ratios[3] = 1 / 1.04;
    ratios[11] = 1.5;
    CHECK(fabs(verdict_spread(ratios, 20) - 0.04) < 1e-12);
    CHECK(verdict_spread(ratios, 0) == 0);
    ratios[0] = 0.5;
    CHECK(fabs(verdict_spread(ratios, 1) - 1) < 1e-12);
}

TEST(verdict_texts_are_those_of_pairs_json)
{
    static const char *const words[] = {"inconclusive", "faster", "equivalent", "slower",
                                        "depends on layout"};
    for (int i = 0; i < VERDICT_COUNT; i++) {
        CHECK_EQUAL(verdict_parse(words[i]), i);
        CHECK_EQUAL(verdict_parse(verdict_text((enum verdict)i)), i);
    }
    CHECK_EQUAL(verdict_parse("Slower"), -1);
}
