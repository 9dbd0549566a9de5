// Allocators with explicit free, on threads (peers/peer.h has the contract): glibc's, or another
// that defined PEER_MALLOC, PEER_CALLOC and PEER_FREE before.
#ifndef PEERS_PEER_MALLOC_H
#define PEERS_PEER_MALLOC_H

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef PEER_MALLOC
#define PEER_MALLOC malloc
#define PEER_CALLOC calloc
#define PEER_FREE free
#endif

#define PEER_EXPLICIT_FREE 1
#define PEER_TYPE(tag, pointer_count) _Static_assert((pointer_count) > 0, #tag)
#define PEER_NEW_BYTES(size_bytes) PEER_MALLOC(size_bytes)
#define PEER_NEW(tag) ((struct tag *)PEER_MALLOC(sizeof(struct tag)))
#define PEER_NEW_TABLE(slot_count) ((void **)PEER_CALLOC(slot_count, sizeof(void *)))
#define PEER_STORE(slot, value) ((void)(*(slot) = (value)))
#define PEER_DROP(object) PEER_FREE(object)
#define PEER_ROOT(base, size_bytes) ((void)(base))
#define PEER_COLLECT() ((void)0)
#define PEER_SYSTEM(fn, arg) fn(arg)

static inline void peer_run(unsigned procs, void (*fn)(void))
{
    (void)procs;
    fn();
}

#define PEER_THREAD_CREATE pthread_create
#define PEER_THREAD_JOIN pthread_join
#include "peers/peer_threads.h"

static inline uint64_t peer_allocated_bytes(void)
{
    return 0;
}

static inline uint64_t peer_mapped_bytes(void)
{
    return 0;
}

static inline uint64_t peer_cycle_count(void)
{
    return 0;
}

static inline uint64_t peer_pause_ns_total(void)
{
    return 0;
}

#endif
