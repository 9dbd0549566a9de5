// Seconds of the monotonic clock, for budgets and progress (workloads are timed by the worker).
#ifndef HARNESS_STOPWATCH_H
#define HARNESS_STOPWATCH_H

#include <time.h>

// Seconds since some fixed moment; only differences mean something.
static inline double stopwatch_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#endif
