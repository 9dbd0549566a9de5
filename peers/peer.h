// What the C peers of bench_peers.sh share: an allocator behind a few macros.
//
// A group (allocs.c, pauses.c) is written once and built once an allocator, with PEER_HEADER naming
// one of peers/peer_*.h, which defines:
//     PEER_EXPLICIT_FREE           1: objects need PEER_DROP; 0: a collector finds them
//     PEER_TYPE(tag, pointers)     once a struct tag, whose first `pointers` words are pointers
//     PEER_NEW_BYTES(size_bytes)   memory without pointers
//     PEER_NEW(tag)                a struct tag; its pointers are undefined unless zeroed
//     PEER_NEW_TABLE(slot_count)   that many pointers, NULL
//     PEER_STORE(slot, value)      *slot = value, inside an object
//     PEER_DROP(object)            frees it where PEER_EXPLICIT_FREE
//     PEER_ROOT(base, size_bytes)  globals that hold objects
//     PEER_COLLECT()               a full collection; nothing where there is none
//     PEER_SYSTEM(fn, arg)         fn(arg) where libc may be called
//     peer_run(procs, fn)          runs fn() as a program of that runtime does
//     peer_together(fn, count)     fn(0) ... fn(count - 1) at the same time, and waits for them
//     peer_allocated_bytes()       since the start, as the allocator counts it; 0: it does not
//     peer_mapped_bytes()          that it holds from the system, as it says; 0: it does not
//     peer_cycle_count()           completed collections, cheap
//     peer_pause_ns_total()        world stopped, since the start, cheap
#ifndef PEERS_PEER_H
#define PEERS_PEER_H

#include "peers/peer_report.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// The compiler forgets what it knows of the pointer: no allocation is optimised away.
#define PEER_OPAQUE(pointer)                                                                       \
    __extension__({                                                                                \
        __auto_type opaque = (pointer);                                                            \
        __asm__ volatile("" : "+r"(opaque) : : "memory");                                          \
        opaque;                                                                                    \
    })

static inline void peer_rss_read(void *arg)
{
    char text[128] = "";
    unsigned long resident_pages = 0;
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, text, sizeof text - 1) <= 0 ||
        sscanf(text, "%*u %lu", &resident_pages) != 1) {
        fputs("peer: cannot read /proc/self/statm\n", stderr);
        exit(1);
    }
    close(file);
    *(uint64_t *)arg = resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

// Knuth's MMIX generator; take the high bits.
static inline uint64_t peer_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 32;
}

#include PEER_HEADER

static inline void peer_print(const char *operation, double value, const char *unit)
{
    struct peer_report report = {operation, value, unit};
    PEER_SYSTEM(peer_report_print, &report);
}

static inline uint64_t peer_rss_bytes(void)
{
    uint64_t rss_bytes = 0;
    PEER_SYSTEM(peer_rss_read, &rss_bytes);
    return rss_bytes;
}

#endif
