// Histograms of the collector's latencies, read with runtime_gc_profile_read() (gc_profile.h).
#ifndef RUNTIME_GC_HISTOGRAM_H
#define RUNTIME_GC_HISTOGRAM_H

#include "runtime/gc_profile.h"

#include <stdatomic.h>
#include <stdint.h>

// Eight buckets a doubling: a percentile is at most an eighth too high.
enum { GC_HISTOGRAM_BUCKETS = 8 * 62 };

struct gc_histogram {
    _Atomic(uint64_t) buckets[GC_HISTOGRAM_BUCKETS];
    _Atomic(uint64_t) total_ns;
    _Atomic(uint64_t) max_ns;
};

// Adds a value; by several threads if need be.
void gc_histogram_add(struct gc_histogram *histogram, uint64_t ns);

void gc_histogram_read(const struct gc_histogram *histogram, struct runtime_latency *latency);

#endif
