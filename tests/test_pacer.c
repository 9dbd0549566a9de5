// The pacer alone, also at its extremes: goals against the rule in words, debts against the runway.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/pacer.h"

#include <limits.h>

static const uint64_t KIB_BYTES = 1024;
static const uint64_t MIB_BYTES = 1024 * 1024;
static const uint64_t GIB_BYTES = (uint64_t)1024 * 1024 * 1024;

// What holds after every mark.
static void check_pacer(const struct pacer *pacer, uint64_t live_bytes)
{
    CHECK(pacer->goal_bytes > live_bytes);
    CHECK(pacer->trigger_bytes > 0);
    CHECK(live_bytes + pacer->trigger_bytes <= pacer->goal_bytes);
    CHECK(!pacer_is_due(pacer, 0));
}

static struct pacer after_mark(unsigned gc_percent, size_t limit_bytes, uint64_t scanned_bytes,
                               uint64_t live_bytes, uint64_t black_bytes)
{
    struct pacer pacer;
    pacer_init(&pacer, gc_percent, limit_bytes);
    check_pacer(&pacer, 0);
    pacer_begin(&pacer);
    pacer.allocated_bytes += black_bytes;
    pacer_end(&pacer, scanned_bytes, live_bytes, black_bytes);
    check_pacer(&pacer, live_bytes);
    return pacer;
}

static uint64_t goal_after(unsigned gc_percent, size_t limit_bytes, uint64_t live_bytes)
{
    return after_mark(gc_percent, limit_bytes, live_bytes, live_bytes, 0).goal_bytes;
}

TEST(the_goal_is_what_the_percentage_allows)
{
    CHECK_EQUAL(goal_after(100, 0, 400 * MIB_BYTES), 800 * MIB_BYTES);
    CHECK_EQUAL(goal_after(25, 0, 400 * MIB_BYTES), 500 * MIB_BYTES);
    // 4 MiB at least.
    CHECK_EQUAL(goal_after(100, 0, 0), 4 * MIB_BYTES);
    CHECK_EQUAL(goal_after(1, 0, 100 * MIB_BYTES), 104 * MIB_BYTES);
    CHECK(goal_after(1, 0, 1000 * MIB_BYTES) >= 1009 * MIB_BYTES);
    CHECK(goal_after(1, 0, 1000 * MIB_BYTES) <= 1010 * MIB_BYTES);
    // More than there are addresses, and no less than it.
    CHECK(goal_after(UINT_MAX, 0, 64 * GIB_BYTES) > 64 * GIB_BYTES * 40000000);
}

TEST(a_limit_lowers_the_goal_and_leaves_room)
{
    CHECK_EQUAL(goal_after(100, 500 * MIB_BYTES, 400 * MIB_BYTES), 500 * MIB_BYTES);
    CHECK_EQUAL(goal_after(100, SIZE_MAX, 400 * MIB_BYTES), 800 * MIB_BYTES);
    // A sixteenth of what lives, and a mebibyte at least, where it lives at its limit or above.
    static const size_t limits[] = {1, 4096, 1024 * 1024, 400 * 1024 * 1024};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        CHECK_EQUAL(goal_after(100, limits[i], 400 * MIB_BYTES), 425 * MIB_BYTES);
    }
    CHECK_EQUAL(goal_after(100, 1, 0), MIB_BYTES);
}

TEST(a_heap_above_its_limit_does_not_collect_all_the_time)
{
    struct pacer pacer = after_mark(100, MIB_BYTES, 400 * MIB_BYTES, 400 * MIB_BYTES, 0);
    CHECK(!pacer_is_due(&pacer, 400 * MIB_BYTES));
    pacer.allocated_bytes = 10 * MIB_BYTES;
    CHECK(!pacer_is_due(&pacer, 410 * MIB_BYTES));
    pacer.allocated_bytes = 26 * MIB_BYTES;
    CHECK(pacer_is_due(&pacer, 410 * MIB_BYTES));
    // Spans that are partly empty may bring it there before the goal does.
    pacer = after_mark(100, 500 * MIB_BYTES, 400 * MIB_BYTES, 400 * MIB_BYTES, 0);
    pacer.allocated_bytes = 40 * MIB_BYTES;
    CHECK(!pacer_is_due(&pacer, 500 * MIB_BYTES));
    CHECK(pacer_is_due(&pacer, 501 * MIB_BYTES));
}

// It may be garbage already: the goal is twice what was found.
TEST(what_was_allocated_during_the_marking_does_not_raise_the_goal)
{
    const struct pacer pacer =
        after_mark(100, 0, 400 * MIB_BYTES, 400 * MIB_BYTES, 100 * MIB_BYTES);
    CHECK_EQUAL(pacer.goal_bytes, 2 * (400 - 100) * MIB_BYTES);
}

// Whether the last marking was over at once or had all the time there was.
TEST(an_allocated_byte_obliges_to_read_4_to_32)
{
    static const uint64_t meanwhile_mib[] = {0, 1, 10, 100};
    for (int i = 0; i < 4; i++) {
        struct pacer pacer =
            after_mark(100, 0, 200 * MIB_BYTES, 400 * MIB_BYTES, meanwhile_mib[i] * MIB_BYTES);
        pacer.allocated_bytes = pacer.trigger_bytes;
        pacer_begin(&pacer);
        pacer.allocated_bytes += 64 * KIB_BYTES;
        const uint64_t debt_bytes = pacer_debt_bytes(&pacer, 0);
        CHECK(debt_bytes >= 4 * 64 * KIB_BYTES - 1);
        CHECK(debt_bytes <= 32 * 64 * KIB_BYTES);
    }
}

// Who pays what is asked has read all when allocation has come to the goal.
TEST(debts_are_paid_before_the_goal)
{
    struct rng rng;
    rng_init(&rng, 1);
    static const unsigned percents[] = {1, 20, 100, 1000, UINT_MAX};
    for (int round = 0; round < 200; round++) {
        const uint64_t live_bytes = (uint64_t)1 << (16 + rng_below(&rng, 18));
        const uint64_t to_read_bytes = live_bytes / (1 + rng_below(&rng, 4));
        struct pacer pacer = after_mark(percents[round % 5], 0, to_read_bytes, live_bytes,
                                        round % 2 ? live_bytes / 3 : 0);
        const uint64_t goal_bytes = pacer.goal_bytes - live_bytes;
        pacer.allocated_bytes = pacer.trigger_bytes;
        CHECK(pacer_is_due(&pacer, 0));
        pacer_begin(&pacer);
        uint64_t read_bytes = 0;
        while (read_bytes < to_read_bytes) {
            pacer.allocated_bytes += 4 * KIB_BYTES;
            read_bytes += pacer_debt_bytes(&pacer, read_bytes);
        }
        CHECK(pacer.allocated_bytes <= goal_bytes + 64 * KIB_BYTES);
    }
}

// What a cache gives back was counted as allocated: before the marking began, perhaps.
TEST(what_is_taken_back_is_no_debt)
{
    struct pacer pacer = after_mark(100, 0, 100 * MIB_BYTES, 100 * MIB_BYTES, 0);
    pacer.allocated_bytes = pacer.trigger_bytes;
    pacer_begin(&pacer);
    pacer.allocated_bytes -= 4 * KIB_BYTES;
    CHECK_EQUAL(pacer_debt_bytes(&pacer, 0), 0);
    pacer_end(&pacer, 100 * MIB_BYTES, 100 * MIB_BYTES, 0);
    check_pacer(&pacer, 100 * MIB_BYTES);
    // Hardly anything was allocated meanwhile, so the next may begin late.
    CHECK(pacer.trigger_bytes >= 95 * MIB_BYTES);
}

TEST(more_to_read_than_expected_is_asked_for)
{
    struct pacer pacer = after_mark(100, 0, MIB_BYTES, 100 * MIB_BYTES, 0);
    pacer.allocated_bytes = pacer.trigger_bytes;
    pacer_begin(&pacer);
    const uint64_t goal_bytes = pacer.goal_bytes - 100 * MIB_BYTES;
    uint64_t read_bytes = 0;
    while (read_bytes < 100 * MIB_BYTES) {
        pacer.allocated_bytes += 4 * KIB_BYTES;
        const uint64_t debt_bytes = pacer_debt_bytes(&pacer, read_bytes);
        read_bytes += debt_bytes < 256 * KIB_BYTES ? debt_bytes : 256 * KIB_BYTES;
    }
    // A quarter of a megabyte is the most that one allocation reads (collector.c).
    CHECK(pacer.allocated_bytes <= goal_bytes + 100 * MIB_BYTES / 64 + 256 * KIB_BYTES);
}
