// The life of the heap: made when runtime_run() begins, given back as a whole when it ends.
#include "runtime/heap_internal.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/mark_ambiguous.h"
#include "runtime/page_return.h"
#include "runtime/root.h"
#include "runtime/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Addresses cost nothing until they are used; 64 GiB is beyond the memory of the machines this runs
// on, and little enough that tables of one entry a page stay small.
static const size_t RESERVED_BYTES = (size_t)64 << 30;

struct heap heap_instance;

int heap_init(const struct runtime_config *config)
{
    ASSERT(config->gc_percent > 0);
    struct heap *const heap = &heap_instance;
    ASSERT(!heap->page_heap.base);
    struct heap made = {
        .gc_off = config->gc_off,
        .collect_always = config->stress & STRESS_GC_ALLOC,
        .check_mark = config->stress & STRESS_CHECK_MARK,
    };
    mark_choice_init(&made.mark_choice, getenv("ESCAPEMENT_MARK"));
    gc_trace_init(&made.trace);
    mark_ambiguous_reset();
    pacer_init(&made.pacer, config->gc_percent, config->heap_limit_bytes);
    size_class_init();
    if (page_heap_init(&made.page_heap, RESERVED_BYTES) != 0) {
        return -ENOMEM;
    }
    if (central_init(&made.central) != 0) {
        page_heap_release(&made.page_heap);
        return -ENOMEM;
    }
    *heap = made;
    return 0;
}

static uint64_t fresh_bytes(const struct heap *heap)
{
    return heap->fresh_bytes + heap->page_heap.fresh_page_count * SPAN_PAGE_BYTES;
}

void heap_release(void)
{
    struct heap *const heap = &heap_instance;
    ASSERT(heap->page_heap.base);
    page_return_stop();
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        uint64_t left_count;
        uint64_t left_bytes;
        heap_cache_left(cache, &left_count, &left_bytes);
        heap->alloc_count += cache->alloc_count - left_count;
        heap->alloc_bytes += cache->alloc_bytes - left_bytes;
    }
    heap->caches = NULL;
    barrier_is_on = false;
    snapshot_release();
    mark_pool_release(&heap->mark_pool);
    central_release(&heap->central);
    heap->fresh_bytes = fresh_bytes(heap);
    page_heap_release(&heap->page_heap);
    root_forget();
}

void heap_stats_read(struct runtime_stats *stats)
{
    struct heap *const heap = &heap_instance;
    uint64_t alloc_count = heap->alloc_count;
    uint64_t alloc_bytes = heap->alloc_bytes;
    for (const struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        uint64_t left_count;
        uint64_t left_bytes;
        heap_cache_left(cache, &left_count, &left_bytes);
        alloc_count += cache->alloc_count - left_count;
        alloc_bytes += cache->alloc_bytes - left_bytes;
    }
    stats->heap_alloc_count = alloc_count;
    stats->heap_alloc_bytes = alloc_bytes;
    stats->heap_live_bytes = heap->live_bytes;
    lock_acquire(&heap->lock); // page_return.c's thread may be at work
    stats->heap_mapped_bytes = page_heap_held_bytes(&heap->page_heap);
    stats->heap_fresh_bytes = fresh_bytes(heap);
    lock_release(&heap->lock);
    stats->gc_count = heap->gc_count;
    stats->gc_pause_ns_total = heap->pause_ns_total;
    stats->gc_pause_ns_max = heap->pause_ns_max;
    stats->gc_mark_ns_total = heap->mark_ns_total;
    stats->gc_assist_ns_total = heap->assist_ns_total;
}

bool heap_contains(const void *address)
{
    const struct page_heap *const heap = &heap_instance.page_heap;
    return (uintptr_t)address - (uintptr_t)heap->base <
           __atomic_load_n(&heap->committed_bytes, __ATOMIC_RELAXED);
}

void heap_check(void)
{
    page_heap_check(&heap_instance.page_heap);
    central_check(&heap_instance.central, &heap_instance.page_heap);
    for (const struct heap_cache *cache = heap_instance.caches; cache; cache = cache->next) {
        heap_cache_check(cache);
    }
}
