#include "harness/plan.h"

#include "tests/test.h"

#include <stddef.h>
#include <string.h>

enum { LAUNCHES = 20, PAIRS = 13, OFFSETS = 4, LINKS = 5 };

static size_t step_index(size_t launch, size_t position)
{
    return launch * PAIRS + position;
}

TEST(plan_runs_every_pair_once_in_every_launch)
{
    struct plan plan;
    plan_init(&plan, LAUNCHES, PAIRS, OFFSETS, LINKS, 1);
    for (size_t launch = 0; launch < LAUNCHES; launch++) {
        unsigned seen[PAIRS] = {0};
        for (size_t i = 0; i < PAIRS; i++) {
            const struct plan_step *const step = &plan.steps[step_index(launch, i)];
            CHECK_EQUAL(step->launch_index, launch);
            CHECK(step->pair_index < PAIRS);
            seen[step->pair_index]++;
        }
        for (size_t pair = 0; pair < PAIRS; pair++) {
            CHECK_EQUAL(seen[pair], 1);
        }
    }
    plan_release(&plan);
    CHECK(plan.steps == NULL);
}

TEST(plan_gives_every_pair_every_offset_equally_often)
{
    struct plan plan;
    plan_init(&plan, LAUNCHES, PAIRS, OFFSETS, LINKS, 2);
    unsigned counts[PAIRS][OFFSETS] = {{0}};
    unsigned first_offsets[OFFSETS] = {0};
    for (size_t i = 0; i < step_index(LAUNCHES, 0); i++) {
        const struct plan_step *const step = &plan.steps[i];
        counts[step->pair_index][step->offset_index]++;
        first_offsets[step->offset_index] += step->launch_index == 0;
    }
    for (size_t pair = 0; pair < PAIRS; pair++) {
        for (size_t offset = 0; offset < OFFSETS; offset++) {
            CHECK_EQUAL(counts[pair][offset], LAUNCHES / OFFSETS);
        }
    }
    // The rotations do not all begin at the same offset.
    for (size_t offset = 0; offset < OFFSETS; offset++) {
        CHECK(first_offsets[offset] < PAIRS);
    }
    plan_release(&plan);
}

TEST(plan_gives_every_pair_every_offset_in_every_link_order)
{
    struct plan plan;
    plan_init(&plan, LAUNCHES, PAIRS, OFFSETS, LINKS, 3);
    unsigned counts[PAIRS][OFFSETS][LINKS] = {{{0}}};
    for (size_t i = 0; i < step_index(LAUNCHES, 0); i++) {
        const struct plan_step *const step = &plan.steps[i];
        counts[step->pair_index][step->offset_index][step->link_index]++;
    }
    for (size_t i = 0; i < sizeof counts / sizeof(unsigned); i++) {
        CHECK_EQUAL((&counts[0][0][0])[i], 1);
    }
    plan_release(&plan);
}

TEST(plan_is_the_same_for_the_same_seed_only)
{
    struct plan one, same, other, shorter;
    plan_init(&one, LAUNCHES, PAIRS, OFFSETS, LINKS, 7);
    plan_init(&same, LAUNCHES, PAIRS, OFFSETS, LINKS, 7);
    plan_init(&other, LAUNCHES, PAIRS, OFFSETS, LINKS, 8);
    plan_init(&shorter, 8, PAIRS, OFFSETS, LINKS, 7);
    const size_t all_bytes = step_index(LAUNCHES, 0) * sizeof *one.steps;
    CHECK(memcmp(one.steps, same.steps, all_bytes) == 0);
    CHECK(memcmp(one.steps, other.steps, all_bytes) != 0);
    CHECK(memcmp(one.steps, shorter.steps, step_index(8, 0) * sizeof *one.steps) == 0);
    plan_release(&one);
    plan_release(&same);
    plan_release(&other);
    plan_release(&shorter);
}

// Over many plans every pair comes first about equally often, and the drawn sizes fill their range.
TEST(plan_draws_evenly)
{
    enum { PLANS = 2000, FEW = 5, STEPS = 2 * FEW };
    unsigned first[FEW] = {0};
    size_t pad_max = 0, environment_max = 0, same_seed = 0;
    uint64_t seed_before = 0;
    for (uint64_t seed = 0; seed < PLANS; seed++) {
        struct plan plan;
        plan_init(&plan, 2, FEW, OFFSETS, LINKS, seed);
        first[plan.steps[FEW].pair_index]++;
        for (size_t i = 0; i < STEPS; i++) {
            const struct plan_step *const step = &plan.steps[i];
            CHECK(step->stack_pad_bytes <= PLAN_PAD_BYTES_MAX);
            CHECK(step->environment_bytes <= PLAN_PAD_BYTES_MAX);
            pad_max = step->stack_pad_bytes > pad_max ? step->stack_pad_bytes : pad_max;
            environment_max = step->environment_bytes > environment_max ? step->environment_bytes
                                                                        : environment_max;
            same_seed += step->seed == seed_before;
            seed_before = step->seed;
        }
        plan_release(&plan);
    }
    for (size_t pair = 0; pair < FEW; pair++) { // 400 expected, standard deviation 18
        CHECK(first[pair] > 320 && first[pair] < 480);
    }
    CHECK(pad_max > 4000);
    CHECK(environment_max > 4000);
    CHECK_EQUAL(same_seed, 0);
}
