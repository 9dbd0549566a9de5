// Watches for disturbance of a measurement, beside it: nothing is dropped for what it finds.
//
// A slice counts as disturbed when, during it, the kernel took the core away (an involuntary
// context switch), or wall time exceeded the process's CPU time by 5 % of the slice, or when a
// fixed loop, timed before and after the slice's quad, was over 1.25 times its median in both
// places (a slow phase).
#ifndef HARNESS_SENTINEL_H
#define HARNESS_SENTINEL_H

#include <stddef.h>

struct sentinel {
    float *loop_ns;       // of the fixed loop: one before each quad, one after the last
    unsigned char *flags; // a quad's disturbed slices: bit 0 to 3 in order of time
    unsigned char *sides; // and whose slices they were: a set bit is side b
    size_t time_count, time_count_max;
    unsigned slice_index; // in the quad
    long switch_count;    // involuntary, when last asked
    int cpu;
    unsigned long long ticks, stolen_ticks; // of the core, when it began
};

struct sentinel_result {
    double disturbed_share[2]; // of side a's and b's slices
    double slowdown;           // the loop's 95 % quantile over its median
    double steal_share;        // of the core's time; 0 where the kernel counts none
};

// Room for so many quads; dies without memory. Notes the core's steal from here on.
void sentinel_init(struct sentinel *sentinel, size_t quad_count_max);

void sentinel_release(struct sentinel *sentinel);

// Before each quad, and once after the last: times the loop, some 2 us.
void sentinel_time(struct sentinel *sentinel);

// After each slice of side 0 or 1, with what it took.
void sentinel_slice(struct sentinel *sentinel, int side, double wall_ns, double cpu_ns);

// Once, after the last sentinel_time(); needs a quad.
void sentinel_summarize(const struct sentinel *sentinel, struct sentinel_result *result);

#endif
