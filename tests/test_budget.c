#include "harness/budget.h"

#include "tests/test.h"

#include <math.h>
#include <stddef.h>

TEST(budget_shortens_the_time_before_the_launches)
{
    // 20 launches of 10 pairs in 100 s: 0.5 s a process, of which 0.1 s is overhead.
    const struct budget_fit fit = budget_fit(&(struct budget_need){
        .seconds = 100, .launches = 20, .pairs = 10, .overhead_seconds = 0.1, .slope = 1});
    CHECK_EQUAL(fit.launches, 20);
    CHECK(fabs(fit.pair_seconds - 0.4) < 1e-12);
    CHECK(!fit.too_small);
}

TEST(budget_takes_launches_away_in_fours)
{
    // 0.1 s a process: 100 processes in 10 s are 10 launches; 8 is the next multiple of four.
    const struct budget_fit fit = budget_fit(&(struct budget_need){
        .seconds = 10, .launches = 20, .pairs = 10, .overhead_seconds = 0.095, .slope = 1});
    CHECK_EQUAL(fit.launches, 8);
    CHECK(fit.pair_seconds >= budget_pair_seconds_min);
    CHECK(!fit.too_small);
    const struct budget_fit odd = budget_fit(&(struct budget_need){
        .seconds = 17, .launches = 19, .pairs = 10, .overhead_seconds = 0.095, .slope = 1});
    CHECK_EQUAL(odd.launches, 16);
}

TEST(budget_says_when_it_is_too_small)
{
    const struct budget_fit fit = budget_fit(&(struct budget_need){
        .seconds = 1, .launches = 20, .pairs = 30, .overhead_seconds = 0.05, .slope = 1});
    CHECK_EQUAL(fit.launches, 8);
    CHECK(fit.pair_seconds == budget_pair_seconds_min);
    CHECK(fit.too_small);
    // Fewer than eight that are wished for stay as wished.
    const struct budget_fit few = budget_fit(&(struct budget_need){
        .seconds = 1, .launches = 6, .pairs = 30, .overhead_seconds = 0.05, .slope = 1});
    CHECK_EQUAL(few.launches, 6);
    const struct budget_fit spent = budget_fit(&(struct budget_need){
        .seconds = -5, .launches = 12, .pairs = 3, .overhead_seconds = 0, .slope = 1});
    CHECK_EQUAL(spent.launches, 8);
    CHECK(spent.too_small);
}

// Whatever the need, what fits takes no longer than there is time.
TEST(budget_is_never_passed_when_it_fits)
{
    for (size_t launches = 6; launches <= 40; launches++) {
        for (int step = 0; step < 24; step++) {
            const double overhead = step * 0.013;
            const struct budget_need need = {.seconds = 30,
                                             .launches = launches,
                                             .pairs = 17,
                                             .overhead_seconds = overhead,
                                             .slope = 1.3};
            const struct budget_fit fit = budget_fit(&need);
            const double seconds =
                (double)(fit.launches * need.pairs) * (overhead + need.slope * fit.pair_seconds);
            CHECK(fit.launches <= launches);
            CHECK(fit.too_small || seconds <= need.seconds + 1e-9);
        }
    }
}
