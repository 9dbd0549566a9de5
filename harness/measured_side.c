#include "harness/measured_side.h"

#include "harness/values.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <time.h>

enum {
    CHECK_OP_COUNT = 3,      // operations whose checksums are compared before and after
    WARM_UP_GC_COUNT = 2,    // a heap is in its steady state after its second collection
    WARM_UP_SHARE = 8,       // of the measured time, at least
    WARM_UP_SECONDS_MAX = 2, // however seldom it collects
    BYTES_PER_OP_LEAST = 8,  // of the heap, the smallest object: an operation that allocates
};

static double clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t run_build(const struct measured_side *side, uint64_t op_count, uint64_t seed)
{
    const struct workload_run run = {.op_count = op_count,
                                     .seed = seed,
                                     .parameter = side->options->parameter,
                                     .held = side->held};
    return side->build->run(&run);
}

struct noted_run {
    const struct workload_build *build;
    struct workload_run run;
    uint64_t checksum;
};

static void run_noted_holding(void *held, void *context)
{
    struct noted_run *noted = context;
    noted->run.held = held;
    noted->checksum = noted->build->run(&noted->run);
}

// The noted build makes its own things: that is when objects are noted.
static uint64_t run_noted(const struct measured_side *side, uint64_t seed)
{
    const uint64_t parameter = side->options->parameter;
    struct noted_run noted = {
        .build = side->noted,
        .run = {.op_count = CHECK_OP_COUNT, .seed = seed, .parameter = parameter}};
    workload_build_prepare(noted.build, parameter, run_noted_holding, &noted);
    return noted.checksum;
}

// The collector's time in stats. Assists are part of no pause; marking is part of the pause while
// the world stops for it.
static uint64_t collector_ns(const struct runtime_stats *stats)
{
    return stats->gc_pause_ns_total + stats->gc_assist_ns_total;
}

double measured_side_slice(struct measured_side *side)
{
    struct runtime_stats before, after;
    const uint64_t seed = rng_next(side->rng);
    placement_stats_read(side->build->placement, &before);
    const double cpu_begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const double wall_begin = clock_ns(CLOCK_MONOTONIC);
    side->sink += run_build(side, side->slice_op_count, seed);
    const double wall_end = clock_ns(CLOCK_MONOTONIC);
    const double cpu_end = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    placement_stats_read(side->build->placement, &after);

    const double collected = (double)(collector_ns(&after) - collector_ns(&before));
    side->op_count += side->slice_op_count;
    side->wall_ns += wall_end - wall_begin;
    side->cpu_ns += cpu_end - cpu_begin;
    side->collector_ns += collected;
    side->gc_count += after.gc_count - before.gc_count;
    side->alloc_count += after.heap_alloc_count - before.heap_alloc_count;
    side->alloc_bytes += after.heap_alloc_bytes - before.heap_alloc_bytes;
    if (after.gc_count > before.gc_count) {
        // The runtime keeps the longest pause of all; if this slice did not set it, the mean of the
        // slice's pauses (nearly always one) stands for them.
        const uint64_t pause_ns = after.gc_pause_ns_total - before.gc_pause_ns_total;
        const uint64_t longest_ns = after.gc_pause_ns_max > before.gc_pause_ns_max
                                        ? after.gc_pause_ns_max
                                        : pause_ns / (after.gc_count - before.gc_count);
        if (longest_ns > side->pause_max_ns) {
            side->pause_max_ns = longest_ns;
        }
    }
    return (wall_end - wall_begin - collected) / (double)side->slice_op_count;
}

static void reset(struct measured_side *side)
{
    const struct measured_side kept = *side;
    *side = (struct measured_side){.build = kept.build,
                                   .noted = kept.noted,
                                   .options = kept.options,
                                   .rng = kept.rng,
                                   .slice_op_count = kept.slice_op_count,
                                   .slice_ns = kept.slice_ns,
                                   .notes = kept.notes,
                                   .checksum = kept.checksum,
                                   .noted_checksum = kept.noted_checksum,
                                   .held = kept.held};
}

void measured_side_warm_up(struct measured_side *side, double measured_seconds)
{
    const struct measure_options *options = side->options;
    side->slice_op_count = 1;
    if (options->smoke) {
        return;
    }
    const double enough_ns = measured_seconds / WARM_UP_SHARE * 1e9;
    const double slice_ns = options->slice_seconds * 1e9;
    for (;;) {
        const double per_op_ns = measured_side_slice(side);
        // Not what a run makes for itself, a channel or a coroutine: its collections are too seldom
        // to wait for.
        const bool allocates = side->alloc_bytes >= BYTES_PER_OP_LEAST * side->op_count;
        if (side->wall_ns > WARM_UP_SECONDS_MAX * 1e9 ||
            (side->wall_ns > enough_ns && per_op_ns * (double)side->slice_op_count > slice_ns / 2 &&
             (!allocates || side->gc_count >= WARM_UP_GC_COUNT))) {
            break;
        }
        // Towards the aim, at most doubling: the first slices are slower than those to come.
        const double aim = slice_ns / (per_op_ns > 0.01 ? per_op_ns : 0.01);
        const double most = (double)side->slice_op_count * 2;
        side->slice_op_count = aim < 1 ? 1 : (uint64_t)(aim < most ? aim : most);
    }
    reset(side);
}

bool measured_side_check(struct measured_side *side, uint64_t seed)
{
    placement_notes = (struct placement_notes){0};
    side->noted_checksum = run_noted(side, seed);
    side->notes = placement_notes;
    side->checksum = run_build(side, CHECK_OP_COUNT, seed);
    return side->notes.misplaced_count == 0 && side->checksum == side->noted_checksum;
}

bool measured_side_explain(const struct measured_side *side, char *error, size_t error_bytes)
{
    const char *const placement = placement_name(side->build->placement);
    if (side->notes.misplaced_count > 0) {
        snprintf(error, error_bytes,
                 "%s: %zu of %zu objects are not where placement %s puts them (first at %p)",
                 side->build->name, side->notes.misplaced_count, side->notes.object_count,
                 placement, side->notes.first_misplaced);
        return true;
    }
    if (side->checksum != side->noted_checksum) {
        snprintf(error, error_bytes,
                 "%s: the timed and the noted build of %s disagree: checksums %016llx, %016llx",
                 side->build->name, placement, (unsigned long long)side->checksum,
                 (unsigned long long)side->noted_checksum);
        return true;
    }
    return false;
}

void measured_side_summarize(const struct measured_side *side, struct measure_side *result)
{
    const double op_count = (double)side->op_count;
    result->collector_ns = side->collector_ns / op_count;
    result->wall_ns = values_median(side->slice_ns, side->slice_count) + result->collector_ns;
    result->cpu_ns = side->cpu_ns / op_count;
    result->alloc_count = (double)side->alloc_count / op_count;
    result->alloc_bytes = (double)side->alloc_bytes / op_count;
    result->gc_count = (double)side->gc_count;
    result->pause_max_ns = (double)side->pause_max_ns;
    result->op_count = op_count;
    result->memory_bytes = side->notes.memory_bytes;
    // The runtime does not see the others' objects: the noted build counted them.
    if (!placement_is_counted(side->build->placement)) {
        result->alloc_count = (double)side->notes.object_count / CHECK_OP_COUNT;
        result->alloc_bytes = (double)side->notes.object_bytes / CHECK_OP_COUNT;
    }
}
