// Boehm's collector, on threads (peers/peer.h has the contract). Its marker gets as many threads as
// the program has processors.
#ifndef PEERS_PEER_BOEHM_H
#define PEERS_PEER_BOEHM_H

#define GC_THREADS
#include <gc/gc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define PEER_EXPLICIT_FREE 0
#define PEER_TYPE(tag, pointer_count) _Static_assert((pointer_count) > 0, #tag)
#define PEER_NEW_BYTES(size_bytes) GC_MALLOC_ATOMIC(size_bytes)
#define PEER_NEW(tag) ((struct tag *)GC_MALLOC(sizeof(struct tag)))
#define PEER_NEW_TABLE(slot_count) ((void **)GC_MALLOC((slot_count) * sizeof(void *)))
#define PEER_STORE(slot, value) ((void)(*(slot) = (value)))
#define PEER_DROP(object) ((void)(object))
#define PEER_ROOT(base, size_bytes) ((void)(base)) // it finds globals by itself
#define PEER_COLLECT() GC_gcollect()
#define PEER_SYSTEM(fn, arg) fn(arg)

static _Atomic uint64_t peer_stop_ns, peer_stopped_ns;

static inline void peer_event(GC_EventType event)
{
    struct timespec now;
    if (event != GC_EVENT_PRE_STOP_WORLD && event != GC_EVENT_POST_START_WORLD) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    if (event == GC_EVENT_PRE_STOP_WORLD) {
        peer_stop_ns = now_ns;
    } else {
        peer_stopped_ns += now_ns - peer_stop_ns;
    }
}

static inline void peer_run(unsigned procs, void (*fn)(void))
{
    GC_set_markers_count(procs);
    GC_INIT();
    GC_set_on_collection_event(peer_event);
    fn();
}

#define PEER_THREAD_CREATE GC_pthread_create
#define PEER_THREAD_JOIN GC_pthread_join
#include "peers/peer_threads.h"

static inline uint64_t peer_allocated_bytes(void)
{
    return GC_get_total_bytes();
}

static inline uint64_t peer_mapped_bytes(void)
{
    return GC_get_heap_size();
}

static inline uint64_t peer_cycle_count(void)
{
    return GC_get_gc_no();
}

static inline uint64_t peer_pause_ns_total(void)
{
    return peer_stopped_ns;
}

#endif
