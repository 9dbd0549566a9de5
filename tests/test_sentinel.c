// The arithmetic of the sentinel, with times that the test writes itself; its clock and its switch
// counts are tested by tests/doctor.sh.
#include "harness/sentinel.h"

#include "tests/test.h"

enum { QUAD_COUNT = 100 };

// ABBA quads, slices of 100 us; what the loop took is overwritten by `loop_ns`, by quad.
static struct sentinel_result watch(double lost_ns, int lost_count, const float loop_ns[])
{
    struct sentinel sentinel;
    struct sentinel_result result;
    sentinel_init(&sentinel, QUAD_COUNT);
    for (int quad = 0; quad < QUAD_COUNT; quad++) {
        sentinel_time(&sentinel);
        for (int i = 0; i < 4; i++) {
            const bool is_lost = i == 0 && quad < lost_count;
            sentinel_slice(&sentinel, i == 1 || i == 2, 1e5, is_lost ? 1e5 - lost_ns : 1e5);
        }
    }
    sentinel_time(&sentinel);
    for (int i = 0; i <= QUAD_COUNT; i++) {
        sentinel.loop_ns[i] = loop_ns[i];
    }
    // A real switch between two calls would be counted too: only these flags are looked at.
    for (int quad = lost_count; quad < QUAD_COUNT; quad++) {
        sentinel.flags[quad] = 0;
    }
    sentinel_summarize(&sentinel, &result);
    sentinel_release(&sentinel);
    return result;
}

static void fill(float loop_ns[QUAD_COUNT + 1])
{
    for (int i = 0; i <= QUAD_COUNT; i++) {
        loop_ns[i] = 1000;
    }
}

TEST(sentinel_flags_lost_time_on_its_side)
{
    float loop_ns[QUAD_COUNT + 1];
    fill(loop_ns);
    const struct sentinel_result quiet = watch(0, 0, loop_ns);
    CHECK(quiet.disturbed_share[0] == 0);
    CHECK(quiet.disturbed_share[1] == 0);
    CHECK(quiet.slowdown == 1);
    // 10 of side a's 200 slices lose 6 % of their time.
    CHECK(watch(6e3, 10, loop_ns).disturbed_share[0] >= 0.05);
    CHECK(watch(6e3, 10, loop_ns).disturbed_share[0] < 0.11);
}

TEST(sentinel_flags_slow_phases_and_not_single_slow_loops)
{
    float loop_ns[QUAD_COUNT + 1];
    fill(loop_ns);
    loop_ns[50] = 2000;
    CHECK(watch(0, 0, loop_ns).disturbed_share[0] == 0);
    // Eleven slow loops in a row enclose ten quads; the 95 % quantile is among them.
    for (int i = 40; i <= 50; i++) {
        loop_ns[i] = 2000;
    }
    const struct sentinel_result slow = watch(0, 0, loop_ns);
    CHECK(slow.disturbed_share[0] == 0.1);
    CHECK(slow.disturbed_share[1] == 0.1);
    CHECK(slow.slowdown == 2);
}
