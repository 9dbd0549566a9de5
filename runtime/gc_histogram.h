// Histograms of the collector's latencies, read with runtime_gc_profile_read() (gc_profile.h).
#ifndef RUNTIME_GC_HISTOGRAM_H
#define RUNTIME_GC_HISTOGRAM_H

#include "runtime/gc_profile.h"

#include <stdatomic.h>
#include <stdint.h>

// Eight buckets a doubling: a percentile is at most an eighth too high.
enum { GC_HISTOGRAM_BUCKETS = 8 * 62 };

// Values wait in the order of their coming: which memory is touched, and so what a simulation of
// the caches counts, does not depend on the clock before there are this many.
enum { GC_HISTOGRAM_RECENT = 1024 };

struct gc_histogram {
    uint64_t recent_ns[GC_HISTOGRAM_RECENT];
    uint32_t recent_count;
    _Atomic(uint64_t) buckets[GC_HISTOGRAM_BUCKETS];
    _Atomic(uint64_t) total_ns;
    _Atomic(uint64_t) max_ns;
};

// Adds a value at once; by several threads if need be.
void gc_histogram_add(struct gc_histogram *histogram, uint64_t ns);

// Adds a value later. By one thread at a time, as the following.
void gc_histogram_note(struct gc_histogram *histogram, uint64_t ns);

void gc_histogram_read(struct gc_histogram *histogram, struct runtime_latency *latency);

#endif
