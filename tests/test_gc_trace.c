// What the collector says of itself: histograms against sorted values, the profile against the
// counters of struct runtime_stats, the trace's lines against both.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/gc_histogram.h"
#include "runtime/gc_profile.h"
#include "tests/heap_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_COUNT = 10000 };

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// The least value that all but `beyond_count` do not exceed is at most an eighth below the bound.
static void check_bound(const uint64_t *sorted, uint64_t beyond_count, uint64_t bound_ns)
{
    const uint64_t exact_ns = sorted[VALUE_COUNT - 1 - beyond_count];
    CHECK(bound_ns >= exact_ns);
    CHECK(bound_ns <= exact_ns + exact_ns / 8);
}

TEST(percentiles_are_those_of_the_values)
{
    static struct gc_histogram histogram;
    static uint64_t values[VALUE_COUNT];
    struct rng rng;
    for (int shape = 0; shape < 4; shape++) {
        memset(&histogram, 0, sizeof histogram);
        rng_init(&rng, (uint64_t)shape);
        uint64_t total_ns = 0;
        for (int i = 0; i < VALUE_COUNT; i++) {
            // Uniform, over many doublings, all but equal, tiny.
            const uint64_t uniform = rng_below(&rng, 1000000);
            const uint64_t shapes[] = {uniform, 1ull << rng_below(&rng, 40),
                                       5000 + uniform / 999999, uniform % 10};
            values[i] = shapes[shape];
            total_ns += values[i];
            gc_histogram_add(&histogram, values[i]);
        }
        qsort(values, VALUE_COUNT, sizeof *values, compare);
        struct runtime_latency latency;
        gc_histogram_read(&histogram, &latency);
        CHECK_EQUAL(latency.count, VALUE_COUNT);
        CHECK_EQUAL(latency.total_ns, total_ns);
        CHECK_EQUAL(latency.max_ns, values[VALUE_COUNT - 1]);
        check_bound(values, VALUE_COUNT / 2, latency.p50_ns);
        check_bound(values, VALUE_COUNT / 100, latency.p99_ns);
        check_bound(values, VALUE_COUNT / 1000, latency.p999_ns);
    }
}

static struct node *list;

static void churn(void *arg)
{
    (void)arg;
    heap_root_add(&list, sizeof list);
    for (int i = 0; i < 1000000; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, i % 200000 ? list : NULL);
        heap_store(&list, node);
    }
    list = NULL;
}

static struct runtime_gc_profile profile_of(unsigned procs)
{
    struct runtime_gc_profile profile;
    run_with((struct runtime_config){.procs = procs}, churn);
    runtime_gc_profile_read(&profile);
    return profile;
}

TEST(the_profile_agrees_with_the_counters)
{
    for (unsigned procs = 1; procs <= 2; procs++) {
        const struct runtime_gc_profile profile = profile_of(procs);
        const struct runtime_stats stats = stats_now();
        CHECK(stats.gc_count > 3);
        CHECK(profile.pauses.count >= stats.gc_count);
        CHECK_EQUAL(profile.pauses.total_ns, stats.gc_pause_ns_total);
        CHECK_EQUAL(profile.pauses.max_ns, stats.gc_pause_ns_max);
        CHECK_EQUAL(profile.stopping.count, profile.pauses.count);
        CHECK_EQUAL(profile.stopped.count, profile.pauses.count);
        CHECK_EQUAL(profile.stopping.total_ns + profile.stopped.total_ns, profile.pauses.total_ns);
        CHECK(procs > 1 || profile.resuming.count == 0);
        CHECK_EQUAL(profile.allocations.count, 0);
    }
}

static void churn_traced(void *level)
{
    setenv("ESCAPEMENT_GCTRACE", level, 1);
    const struct runtime_gc_profile profile = profile_of(2);
    const struct runtime_stats stats = stats_now();
    fprintf(stderr, "%llu collections, %llu slow allocations\n", (unsigned long long)stats.gc_count,
            (unsigned long long)profile.allocations.count);
    exit(0);
}

TEST(the_trace_has_a_line_a_collection)
{
    static char levels[][2] = {"1", "2"};
    for (int i = 0; i < 2; i++) {
        int status = 0;
        const char *line = test_in_child(churn_traced, levels[i], &status);
        CHECK_EQUAL(status, 0);
        unsigned long long number = 0;
        unsigned long long last_number = 0;
        double s, percent, begin_ms, beside_ms, end_ms, assist_ms, mark_ms, begun, ended, live,
            goal;
        unsigned long long fault_count;
        unsigned long long all_fault_count = 0;
        while (sscanf(line,
                      "gc %llu @%lfs %lf%%: %lf+%lf+%lf ms, %lf of %lf ms by allocations, "
                      "%lf->%lf->%lf MiB, goal %lf MiB, %llu faults, by spans",
                      &number, &s, &percent, &begin_ms, &beside_ms, &end_ms, &assist_ms, &mark_ms,
                      &begun, &ended, &live, &goal, &fault_count) == 13) {
            all_fault_count += fault_count;
            CHECK_EQUAL(number, ++last_number);
            CHECK(begun <= ended && live <= ended);
            CHECK(live <= 32);
            CHECK(beside_ms >= 0 && beside_ms <= s * 1000);
            line = strchr(line, '\n') + 1;
        }
        // The heap's memory alone was touched page by page.
        CHECK(all_fault_count >= 1000);
        unsigned long long slow_count = 0;
        CHECK_EQUAL(sscanf(line, "%llu collections, %llu slow", &number, &slow_count), 2);
        CHECK_EQUAL(number, last_number);
        CHECK((slow_count > 1000) == (i == 1));
    }
}
