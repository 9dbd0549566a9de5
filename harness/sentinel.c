// The loop is a chain of multiplications: no memory, no branch to predict, so that only the core's
// speed and its loss to others change its time. getrusage() costs one system call a slice;
// /proc/self/schedstat would tell the waiting time as well, but costs ten times as much.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // RUSAGE_THREAD, sched_getcpu
#endif
#include "harness/sentinel.h"

#include "base/assert.h"
#include "base/die.h"
#include "harness/core_ticks.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

// 1,000 steps of 4 cycles: about 1.5 us beside a quad of 400, and still 100 times the clock's step.
enum { LOOP_STEP_COUNT = 1000 };

static const double lost_share_max = 0.05, slow_ratio = 1.25;

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static long involuntary_count(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

// Touched at once: a page fault between slices would disturb what it watches.
static void *bytes_new(size_t count)
{
    void *const bytes = malloc(count);
    if (!bytes) {
        die("out of memory for the sentinel's %zu bytes", count);
    }
    return memset(bytes, 0, count);
}

void sentinel_init(struct sentinel *sentinel, size_t quad_count_max)
{
    *sentinel = (struct sentinel){
        .loop_ns = bytes_new((quad_count_max + 1) * sizeof(float)),
        .flags = bytes_new(quad_count_max + 1),
        .sides = bytes_new(quad_count_max + 1),
        .time_count_max = quad_count_max + 1,
        .cpu = sched_getcpu(),
    };
    struct core_ticks ticks;
    core_ticks_read(&ticks, sentinel->cpu);
    sentinel->ticks = ticks.all;
    sentinel->stolen_ticks = ticks.stolen;
}

void sentinel_release(struct sentinel *sentinel)
{
    free(sentinel->loop_ns);
    free(sentinel->flags);
    free(sentinel->sides);
    *sentinel = (struct sentinel){0};
}

void sentinel_time(struct sentinel *sentinel)
{
    ASSERT(sentinel->time_count < sentinel->time_count_max);
    uint64_t value = sentinel->time_count;
    const double begin_ns = now_ns();
    for (int i = 0; i < LOOP_STEP_COUNT; i++) {
        value = value * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(value));
    }
    sentinel->loop_ns[sentinel->time_count++] = (float)(now_ns() - begin_ns);
    sentinel->slice_index = 0;
    sentinel->switch_count = involuntary_count();
}

void sentinel_slice(struct sentinel *sentinel, int side, double wall_ns, double cpu_ns)
{
    ASSERT(sentinel->time_count > 0);
    ASSERT(sentinel->slice_index < 4);
    const long switch_count = involuntary_count();
    const unsigned bit = 1u << sentinel->slice_index++;
    const size_t quad = sentinel->time_count - 1;
    if (switch_count != sentinel->switch_count || wall_ns - cpu_ns > lost_share_max * wall_ns) {
        sentinel->flags[quad] |= (unsigned char)bit;
    }
    if (side) {
        sentinel->sides[quad] |= (unsigned char)bit;
    }
    sentinel->switch_count = switch_count;
}

static int compare_floats(const void *left, const void *right)
{
    const float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

void sentinel_summarize(const struct sentinel *sentinel, struct sentinel_result *result)
{
    ASSERT(sentinel->time_count >= 2);
    const size_t count = sentinel->time_count;
    float *const sorted = bytes_new(count * sizeof *sorted);
    memcpy(sorted, sentinel->loop_ns, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_floats);
    const double median_ns = (double)sorted[count / 2];
    *result = (struct sentinel_result){
        .slowdown = median_ns > 0 ? (double)sorted[(count - 1) * 95 / 100] / median_ns : 1};
    free(sorted);

    size_t disturbed[2] = {0, 0}, all[2] = {0, 0};
    for (size_t quad = 0; quad + 1 < count; quad++) {
        const bool slow = (double)sentinel->loop_ns[quad] > slow_ratio * median_ns &&
                          (double)sentinel->loop_ns[quad + 1] > slow_ratio * median_ns;
        for (unsigned i = 0; i < 4; i++) {
            const int side = sentinel->sides[quad] >> i & 1;
            all[side]++;
            disturbed[side] += slow || (sentinel->flags[quad] >> i & 1);
        }
    }
    for (int side = 0; side < 2; side++) {
        result->disturbed_share[side] = all[side] ? (double)disturbed[side] / (double)all[side] : 0;
    }
    struct core_ticks ticks;
    core_ticks_read(&ticks, sentinel->cpu);
    if (ticks.all > sentinel->ticks) {
        result->steal_share =
            (double)(ticks.stolen - sentinel->stolen_ticks) / (double)(ticks.all - sentinel->ticks);
    }
}
