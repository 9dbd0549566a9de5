#include "runtime/gc_histogram.h"

static unsigned bucket_of(uint64_t ns)
{
    if (ns < 8) {
        return (unsigned)ns;
    }
    const unsigned log2 = 63 - (unsigned)__builtin_clzll(ns);
    return (log2 - 2) * 8 + (unsigned)((ns >> (log2 - 3)) & 7);
}

// The largest value that falls into the bucket.
static uint64_t upper_ns(unsigned bucket)
{
    if (bucket < 8) {
        return bucket;
    }
    const unsigned shift = bucket / 8 - 1;
    return ((uint64_t)(8 + bucket % 8 + 1) << shift) - 1;
}

void gc_histogram_add(struct gc_histogram *histogram, uint64_t ns)
{
    atomic_fetch_add_explicit(&histogram->buckets[bucket_of(ns)], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->total_ns, ns, memory_order_relaxed);
    uint64_t max_ns = atomic_load_explicit(&histogram->max_ns, memory_order_relaxed);
    while (max_ns < ns && !atomic_compare_exchange_weak(&histogram->max_ns, &max_ns, ns)) {
    }
}

// The bound that all but `beyond_count` values keep.
static uint64_t bound_ns(const struct gc_histogram *histogram, uint64_t count,
                         uint64_t beyond_count)
{
    uint64_t seen_count = 0;
    for (unsigned i = 0; i < GC_HISTOGRAM_BUCKETS; i++) {
        seen_count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        if (seen_count > 0 && seen_count + beyond_count >= count) {
            const uint64_t max_ns = atomic_load_explicit(&histogram->max_ns, memory_order_relaxed);
            return upper_ns(i) < max_ns ? upper_ns(i) : max_ns;
        }
    }
    return 0;
}

void gc_histogram_read(const struct gc_histogram *histogram, struct runtime_latency *latency)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < GC_HISTOGRAM_BUCKETS; i++) {
        count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
    }
    *latency = (struct runtime_latency){
        .count = count,
        .total_ns = histogram->total_ns,
        .p50_ns = bound_ns(histogram, count, count / 2),
        .p99_ns = bound_ns(histogram, count, count / 100),
        .p999_ns = bound_ns(histogram, count, count / 1000),
        .max_ns = histogram->max_ns,
    };
}
