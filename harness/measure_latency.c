#include "harness/measure_latency.h"

#include "base/assert.h"

#include <time.h>

static uint64_t clock_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Called through a pointer as a workload is, and does nothing.
__attribute__((noinline)) static uint64_t run_nothing(const struct workload_run *run)
{
    __asm__ volatile("" : : "r"(run) : "memory");
    return 0;
}

static const struct workload_build nothing_build = {.name = "nothing", .run = run_nothing};
static const struct measure_latency_build nothing = {.build = &nothing_build};

// A block of one side. Recording comes after the second reading of the clock; the collector's count
// is one load, made outside the timed part.
static void time_block(struct measure_latency *latency, struct measure_latency_side *side,
                       const struct measure_latency_build *timed, uint64_t parameter,
                       uint64_t op_count, uint64_t seed)
{
    const struct workload_build *const build = timed->build;
    struct workload_run run = {
        .op_count = 1, .seed = seed, .parameter = parameter, .held = timed->held};
    for (int i = 0; i < MEASURE_LATENCY_LEAD_OPS; i++) {
        run.seed++;
        latency->sink += build->run(&run);
    }
    for (uint64_t op = 0; op < op_count; op++) {
        run.seed++;
        const uint64_t gc_count = placement_gc_count(build->placement);
        const uint64_t begin_ns = clock_now_ns();
        const uint64_t checksum = build->run(&run);
        const uint64_t end_ns = clock_now_ns();
        latency->sink += checksum;
        histogram_record(&side->all, end_ns - begin_ns);
        if (placement_gc_count(build->placement) != gc_count) {
            histogram_record(&side->collected, end_ns - begin_ns);
        }
    }
}

void measure_latency_run(struct measure_latency *latency,
                         const struct measure_latency_build builds[2], uint64_t parameter,
                         struct rng *rng)
{
    ASSERT(latency->op_count_max > 0);
    const uint64_t start_ns = clock_now_ns();
    const double most_ns = latency->seconds_max * 1e9;
    uint64_t done = 0;
    while (done < latency->op_count_max) {
        const uint64_t left = latency->op_count_max - done;
        const uint64_t op_count =
            left < MEASURE_LATENCY_BLOCK_OPS ? left : (uint64_t)MEASURE_LATENCY_BLOCK_OPS;
        const int first = (int)(rng_next(rng) >> 63);
        const uint64_t seed = rng_next(rng);
        for (int i = 0; i < 2; i++) {
            const int which = i == 0 ? first : !first;
            time_block(latency, &latency->sides[which], &builds[which], parameter, op_count, seed);
        }
        time_block(latency, &latency->timer, &nothing, parameter,
                   op_count / MEASURE_LATENCY_TIMER_SHARE + 1, seed);
        done += op_count;
        if (most_ns > 0 && (double)(clock_now_ns() - start_ns) >= most_ns) {
            break;
        }
    }
}
