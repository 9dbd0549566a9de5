// The line is formatted and written with the world running, by the processor that has ended the
// collection: a terminal may be slow. What it says is kept in the meantime, since the next one may
// begin at once.
#include "runtime/gc_trace.h"

#include "runtime/clock.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_ambiguous.h"
#include "runtime/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

// Those that need no disk: first touches, most of them.
static uint64_t read_fault_count(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

void gc_trace_init(struct gc_trace *trace)
{
    const char *const value = getenv("ESCAPEMENT_GCTRACE");
    memset(trace, 0, sizeof *trace);
    trace->is_on = value && *value && strcmp(value, "0") != 0;
    trace->times_allocations = trace->is_on && strcmp(value, "2") == 0;
    trace->run_begin_ns = clock_now_ns();
    memset(&world_resuming, 0, sizeof world_resuming);
    trace->fault_count = trace->is_on ? read_fault_count() : 0;
}

static uint64_t object_bytes(const struct heap *heap)
{
    return heap->live_bytes + heap->pacer.allocated_bytes;
}

void gc_trace_begin(struct heap *heap)
{
    struct gc_trace *const trace = &heap->trace;
    trace->begin_ns = 0;
    trace->begin_bytes = object_bytes(heap);
    trace->begin_mark_ns = heap->mark_ns_total;
    trace->begin_assist_ns = heap->assist_ns_total;
    trace->goal_bytes = heap->pacer.goal_bytes;
}

void gc_trace_end(struct heap *heap)
{
    heap->trace.end_bytes = object_bytes(heap);
    heap->trace.by_spans = heap->mark_choice.by_spans;
}

void gc_trace_pause(struct heap *heap, struct world_times times, uint64_t end_ns)
{
    struct gc_trace *const trace = &heap->trace;
    const uint64_t pause_ns = end_ns - times.asked_ns;
    gc_histogram_add(&trace->pauses, pause_ns);
    gc_histogram_add(&trace->stopping, times.stopped_ns - times.asked_ns);
    gc_histogram_add(&trace->stopped, end_ns - times.stopped_ns);
    heap->pause_ns_total += pause_ns;
    heap->pause_ns_max = heap->pause_ns_max < pause_ns ? pause_ns : heap->pause_ns_max;
    if (trace->begin_ns == 0) {
        trace->begin_ns = end_ns;
        trace->begin_pause_ns = pause_ns;
    }
}

static double mib(uint64_t size_bytes)
{
    return (double)size_bytes / (1024 * 1024);
}

void gc_trace_print(struct heap *heap, uint64_t end_pause_ns)
{
    struct gc_trace *const trace = &heap->trace;
    if (!trace->is_on) {
        return;
    }
    const uint64_t fault_count = read_fault_count();
    const uint64_t new_fault_count = fault_count - trace->fault_count;
    trace->fault_count = fault_count;
    const uint64_t now_ns = clock_now_ns();
    const double run_ns = (double)(now_ns - trace->run_begin_ns);
    const double mark_ns = (double)(heap->mark_ns_total - trace->begin_mark_ns);
    const double assist_ns = (double)(heap->assist_ns_total - trace->begin_assist_ns);
    // None when one pause was enough.
    const double beside_ns = (double)now_ns - (double)end_pause_ns - (double)trace->begin_ns;
    fprintf(stderr,
            "gc %llu @%.3fs %.0f%%: %.3f+%.1f+%.3f ms, %.1f of %.1f ms by allocations, "
            "%.0f->%.0f->%.0f MiB, goal %.0f MiB, %llu faults, %s\n",
            (unsigned long long)heap->gc_count, run_ns * 1e-9,
            100 * (double)heap->mark_ns_total / (run_ns * proc_count),
            (double)trace->begin_pause_ns * 1e-6, beside_ns > 0 ? beside_ns * 1e-6 : 0,
            (double)end_pause_ns * 1e-6, assist_ns * 1e-6, mark_ns * 1e-6, mib(trace->begin_bytes),
            mib(trace->end_bytes), mib(heap->live_bytes), mib(trace->goal_bytes),
            (unsigned long long)new_fault_count, trace->by_spans ? "by spans" : "one by one");
    mark_ambiguous_print();
}

static void read_profile(void *arg)
{
    struct runtime_gc_profile *const profile = arg;
    struct gc_trace *const trace = &heap_instance.trace;
    if (world_is_parallel) {
        world_stop();
    }
    gc_histogram_read(&trace->pauses, &profile->pauses);
    gc_histogram_read(&trace->stopping, &profile->stopping);
    gc_histogram_read(&trace->stopped, &profile->stopped);
    gc_histogram_read(&world_resuming, &profile->resuming);
    gc_histogram_read(&trace->allocations, &profile->allocations);
    if (world_is_parallel) {
        world_start();
    }
}

void runtime_gc_profile_read(struct runtime_gc_profile *profile)
{
    proc_call_system(read_profile, profile);
}
