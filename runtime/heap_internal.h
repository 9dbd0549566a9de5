// The heap as the rest of the runtime sees it, and the state that its modules share.
//
// Everything here runs on the system stack unless it says otherwise. `page_heap`, `central`, the
// spans' allocation bits and the counters change under `lock`, which heap_cache_serve() takes, or
// with the world stopped.
#ifndef RUNTIME_HEAP_INTERNAL_H
#define RUNTIME_HEAP_INTERNAL_H

#include "runtime/central.h"
#include "runtime/gc_trace.h"
#include "runtime/heap_cache.h"
#include "runtime/lock.h"
#include "runtime/mark_choice.h"
#include "runtime/mark_stack.h"
#include "runtime/pacer.h"
#include "runtime/page_heap.h"
#include "runtime/runtime.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap {
    struct lock lock; // nobody stops for a collection while holding it
    struct page_heap page_heap;
    struct central central;
    struct mark_pool mark_pool;
    struct pacer pacer;
    struct gc_trace trace;
    struct heap_cache *caches; // every processor's

    // From the configuration.
    bool gc_off;
    bool collect_always; // STRESS_GC_ALLOC
    bool check_mark;     // STRESS_CHECK_MARK

    struct mark_choice mark_choice;

    uint32_t sweep_page; // everything below has been swept since the last mark
    uint32_t sweep_end_page;

    // Of the collection that is under way.
    uint64_t begin_count;            // collections begun
    bool strict;                     // check stacks as well, see collector.c
    _Atomic(uint32_t) waiting_count; // who wait for a collection to end
    _Atomic(uint32_t) marker_count;  // at work
    _Atomic(uint64_t) scanned_bytes; // by those that are not

    // Counters, see struct runtime_stats. They survive heap_release(). The first two hold what
    // caches that have been released had counted.
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t live_bytes;
    uint64_t fresh_bytes; // of page heaps that have been released
    uint64_t gc_count;
    uint64_t pause_ns_total;
    uint64_t pause_ns_max;
    _Atomic(uint64_t) mark_ns_total;
    _Atomic(uint64_t) assist_ns_total;
};

extern struct heap heap_instance;

// Makes an empty heap. The configuration's defaults are filled in. Call it before proc_current is
// set and before any heap_cache_init(). Returns 0 or -ENOMEM.
int heap_init(const struct runtime_config *config);

// Gives the whole heap back and forgets the caches, whose memory must still be there, and the roots
// that do not last. The counters stay readable.
void heap_release(void);

// Fills the heap_ and gc_ fields. May be called on any stack, also after heap_release().
void heap_stats_read(struct runtime_stats *stats);

// Whether the address lies in the memory that the heap holds from the system. Any stack.
bool heap_contains(const void *address);

// Stops the program when an invariant of the heap does not hold. Walks all of it.
void heap_check(void);

#endif
