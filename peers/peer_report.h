// What all C peers of bench_peers.sh share: clocks, and a line for each figure.
//
// Its user defines _GNU_SOURCE (CLOCK_MONOTONIC).
#ifndef PEERS_PEER_REPORT_H
#define PEERS_PEER_REPORT_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

static inline uint64_t peer_clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t peer_now_ns(void)
{
    return peer_clock_ns(CLOCK_MONOTONIC);
}

struct peer_report {
    const char *operation;
    double value;
    const char *unit;
};

static inline void peer_report_print(void *arg)
{
    const struct peer_report *const report = arg;
    printf("%s\t%.4f\t%s\n", report->operation, report->value, report->unit);
}

#endif
