// Latencies for the groups of bench_peers.sh that ask for the longest: pauses.c, gcbench.c.
//
// A maximum says as much about the machine as about the program: processors of a virtual machine
// are taken away for milliseconds, and other programs get their turns. So beside every maximum
// stands what the machine did to a loop that only reads the clock, on as many processors, for as
// long, in the same process: peer_report_machine().
#ifndef PEERS_PEER_LATENCY_H
#define PEERS_PEER_LATENCY_H

#include "peers/peer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// How long to measure: --seconds N, 2 by default, 0 for --smoke.
static inline uint64_t peer_seconds(int argument_count, char **arguments)
{
    if (argument_count == 2 && strcmp(arguments[1], "--smoke") == 0) {
        return 0;
    }
    if (argument_count == 3 && strcmp(arguments[1], "--seconds") == 0 && atoi(arguments[2]) > 0) {
        return (uint64_t)atoi(arguments[2]);
    }
    if (argument_count > 1) {
        fprintf(stderr, "usage: %s [--smoke | --seconds N]\n", arguments[0]);
        exit(2);
    }
    return 2;
}

// 16 buckets a doubling: a percentile is at most a sixteenth too low.
enum { PEER_LATENCY_BUCKETS = 64 * 16 };

struct peer_latency {
    uint64_t buckets[PEER_LATENCY_BUCKETS];
    uint64_t count;
    uint64_t total_ns;
    uint64_t longest_ns;
};

static inline unsigned peer_latency_bucket(uint64_t ns)
{
    if (ns < 16) {
        return (unsigned)ns;
    }
    const unsigned shift = 59 - (unsigned)__builtin_clzll(ns);
    return (shift + 1) * 16 + (unsigned)((ns >> shift) & 15);
}

static inline double peer_latency_bucket_ns(unsigned bucket)
{
    return bucket < 16 ? bucket : (double)(16 + bucket % 16) * (double)(1ull << (bucket / 16 - 1));
}

static inline void peer_latency_add(struct peer_latency *latency, uint64_t ns)
{
    latency->buckets[peer_latency_bucket(ns)]++;
    latency->count++;
    latency->total_ns += ns;
    latency->longest_ns = ns > latency->longest_ns ? ns : latency->longest_ns;
}

static inline void peer_latency_merge(struct peer_latency *into, const struct peer_latency *from)
{
    for (unsigned i = 0; i < PEER_LATENCY_BUCKETS; i++) {
        into->buckets[i] += from->buckets[i];
    }
    into->count += from->count;
    into->total_ns += from->total_ns;
    into->longest_ns = from->longest_ns > into->longest_ns ? from->longest_ns : into->longest_ns;
}

// The value that a share of them does not exceed.
static inline double peer_latency_quantile_ns(const struct peer_latency *latency, double share)
{
    uint64_t seen_count = 0;
    for (unsigned i = 0; i < PEER_LATENCY_BUCKETS; i++) {
        seen_count += latency->buckets[i];
        if (seen_count > 0 && (double)seen_count >= share * (double)latency->count) {
            return peer_latency_bucket_ns(i);
        }
    }
    return 0;
}

static inline void peer_latency_print(const char *group, const char *what, double value,
                                      const char *unit)
{
    char operation[64];
    snprintf(operation, sizeof operation, "%s_%s", group, what);
    peer_report_print(&(struct peer_report){operation, value, unit});
}

struct peer_latency_lines {
    const char *group;
    const struct peer_latency *latency;
};

static inline void peer_latency_print_pauses(void *arg)
{
    const struct peer_latency_lines *const lines = arg;
    const struct peer_latency *const latency = lines->latency;
    peer_latency_print(lines->group, "pause_count", (double)latency->count, "n");
    peer_latency_print(lines->group, "pause_p50", peer_latency_quantile_ns(latency, 0.5) * 1e-3,
                       "us");
    peer_latency_print(lines->group, "pause_p999", peer_latency_quantile_ns(latency, 0.999) * 1e-3,
                       "us");
    peer_latency_print(lines->group, "pause_max", (double)latency->longest_ns * 1e-3, "us");
}

// The world's stops. Under a thousand of them the p99.9 is the maximum: so their count is a line.
static inline void peer_latency_report_pauses(const char *group, const struct peer_latency *pauses)
{
    struct peer_latency_lines lines = {group, pauses};
    if (pauses->count > 0) {
        PEER_SYSTEM(peer_latency_print_pauses, &lines);
    }
}

// What the stops were made of, where the peer knows.
#ifndef PEER_REPORT_PHASES
#define PEER_REPORT_PHASES(group) ((void)(group))
#endif

static inline void peer_latency_print_allocations(void *arg)
{
    const struct peer_latency_lines *const lines = arg;
    const struct peer_latency *const latency = lines->latency;
    peer_latency_print(lines->group, "alloc_mean",
                       (double)latency->total_ns / (double)latency->count, "ns");
    peer_latency_print(lines->group, "alloc_p9999",
                       peer_latency_quantile_ns(latency, 0.9999) * 1e-3, "us");
    peer_latency_print(lines->group, "alloc_max", (double)latency->longest_ns * 1e-3, "us");
}

static inline void peer_latency_report_allocations(const char *group,
                                                   const struct peer_latency *allocations)
{
    struct peer_latency_lines lines = {group, allocations};
    PEER_SYSTEM(peer_latency_print_allocations, &lines);
}

// What the system took from everybody, and from this process.
struct peer_taken {
    double stolen_ms;    // by the hypervisor, of all processors
    uint64_t turn_count; // how often a thread of ours had to make way
};

static inline void peer_taken_read(void *arg)
{
    struct peer_taken *const taken = arg;
    unsigned long long stolen_ticks = 0;
    FILE *const file = fopen("/proc/stat", "re");
    if (file) {
        if (fscanf(file, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &stolen_ticks) != 1) {
            stolen_ticks = 0;
        }
        fclose(file);
    }
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    taken->stolen_ms = 1e3 * (double)stolen_ticks / (double)sysconf(_SC_CLK_TCK);
    taken->turn_count = (uint64_t)usage.ru_nivcsw;
}

static inline struct peer_taken peer_taken(void)
{
    struct peer_taken taken;
    PEER_SYSTEM(peer_taken_read, &taken);
    return taken;
}

struct peer_taken_lines {
    const char *group;
    struct peer_taken before;
};

static inline void peer_taken_print(void *arg)
{
    const struct peer_taken_lines *const lines = arg;
    struct peer_taken now;
    peer_taken_read(&now);
    peer_latency_print(lines->group, "stolen", now.stolen_ms - lines->before.stolen_ms, "ms");
    peer_latency_print(lines->group, "turns", (double)(now.turn_count - lines->before.turn_count),
                       "n");
}

static inline void peer_report_taken(const char *group, struct peer_taken before)
{
    struct peer_taken_lines lines = {group, before};
    PEER_SYSTEM(peer_taken_print, &lines);
}

// A section is as long as a good pause: what the machine makes of it is what it makes of a pause.
enum { PEER_SPIN_SECTION_NS = 20000, PEER_SPIN_COUNT_MAX = 8 };

static struct peer_spin {
    struct peer_latency gaps; // between two readings of the clock
    struct peer_latency sections;
} peer_spins[PEER_SPIN_COUNT_MAX];
static uint64_t peer_spin_ns;

static inline void peer_spin(unsigned index)
{
    struct peer_spin *const spin = &peer_spins[index];
    uint64_t now_ns = peer_now_ns(), section_ns = now_ns;
    const uint64_t end_ns = now_ns + peer_spin_ns;
    while (now_ns < end_ns) {
        const uint64_t before_ns = now_ns;
        now_ns = peer_now_ns();
        peer_latency_add(&spin->gaps, now_ns - before_ns);
        if (now_ns - section_ns >= PEER_SPIN_SECTION_NS) {
            peer_latency_add(&spin->sections, now_ns - section_ns);
            section_ns = now_ns;
        }
    }
}

static inline void peer_spin_print(void *arg)
{
    const struct peer_spin *const spin = arg;
    peer_latency_print("machine", "20us_p999",
                       peer_latency_quantile_ns(&spin->sections, 0.999) * 1e-3, "us");
    peer_latency_print("machine", "gap_max", (double)spin->gaps.longest_ns * 1e-3, "us");
}

// What becomes of 20 µs in which a thread only reads the clock, and the longest that it has to wait
// between two readings, when `count` threads do so for duration_ns.
static inline void peer_report_machine(unsigned count, uint64_t duration_ns)
{
    peer_spin_ns = duration_ns;
    peer_together(peer_spin, count);
    for (unsigned i = 1; i < count; i++) {
        peer_latency_merge(&peer_spins[0].gaps, &peer_spins[i].gaps);
        peer_latency_merge(&peer_spins[0].sections, &peer_spins[i].sections);
    }
    PEER_SYSTEM(peer_spin_print, &peer_spins[0]);
}

#endif
