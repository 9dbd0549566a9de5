// The slow path. A slot whose run is used up takes the next free run of its span; a span that is
// full is forgotten (the next sweep looks at it again), and one with free objects taken from the
// central lists, else made from fresh pages.
//
// Memory is zeroed a run at a time, when the run is claimed: it is then in the first-level cache
// when the program gets it, which zeroing whole spans, or sweeping with zeroing, would not achieve.
#include "runtime/heap_cache.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/clock.h"
#include "runtime/collector.h"
#include "runtime/fatal.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/sweep.h"
#include "runtime/world.h"

#include <string.h>

// A tenth of a first-level cache, and enough for the slow path to be a small part of the zeroing.
enum { RUN_ZEROED_BYTES = 4096 };

// Spans that an allocation sweeps at once, and at most, before it takes fresh pages instead: those
// cost more than sweeping a hundred spans when the system has yet to supply them, and a heap whose
// spans are all full would grow by a span for each SWEEP_SPANS_MAX only.
enum { SWEEP_SPANS = 8, SWEEP_SPANS_MAX = 256 };

// Of a large object, between two safepoints: ten microseconds or so.
enum { ZEROED_BYTES_MAX = 128 * 1024 };

void heap_cache_init(struct heap_cache *cache)
{
    struct heap *const heap = &heap_instance;
    *cache = (struct heap_cache){.next = heap->caches};
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        cache->slots.pointer_free[i].object_bytes = size_class_table[i].object_bytes;
        cache->slots.conservative[i].object_bytes = size_class_table[i].object_bytes;
    }
    heap->caches = cache;
}

static uint32_t left_in(const struct heap_slot *slot)
{
    return slot->next == slot->end
               ? 0
               : (uint32_t)((size_t)(slot->end - slot->next) / slot->object_bytes);
}

static void count(struct heap_cache *cache, uint64_t object_count, uint64_t size_bytes)
{
    cache->alloc_count += object_count;
    cache->alloc_bytes += size_bytes;
    heap_instance.pacer.allocated_bytes += size_bytes;
}

// What is allocated during a marking counts as marked.
static void count_black(struct heap_cache *cache, uint64_t size_bytes)
{
    if (barrier_is_on) {
        cache->marker.marked_bytes += size_bytes;
        cache->marker.black_bytes += size_bytes;
    }
}

// Marks newly claimed objects if a marking is under way.
static void blacken(struct heap_cache *cache, struct span *span, uint32_t first_index,
                    uint32_t object_count)
{
    if (barrier_is_on) {
        const uint32_t marked_count = span_blacken(span, first_index, object_count);
        count_black(cache, marked_count * span->object_bytes);
    }
}

// Takes the slot's span away and what is left of its run back. Returns the span or NULL.
static struct span *detach(struct heap_cache *cache, struct heap_slot *slot)
{
    struct span *const span = slot->span;
    const uint32_t left_count = left_in(slot);
    if (left_count > 0) {
        span_unclaim(span, span_object_index(span, slot->next), left_count);
        count(cache, 0 - (uint64_t)left_count, 0 - left_count * slot->object_bytes);
        count_black(cache, 0 - left_count * slot->object_bytes);
    }
    slot->next = NULL;
    slot->end = NULL;
    slot->span = NULL;
    return span;
}

// Takes the next free run of a span, zeroed, as the slot's. Returns false when the span is full.
static bool claim_run(struct heap_cache *cache, struct heap_slot *slot, struct span *span)
{
    const size_t object_bytes = span->object_bytes;
    ASSERT(slot->object_bytes == object_bytes);
    uint32_t count_max = SPAN_OBJECTS_MAX;
    if (heap_instance.collect_always || object_bytes > RUN_ZEROED_BYTES) {
        count_max = 1;
    } else if (span->needs_zero) {
        count_max = (uint32_t)(RUN_ZEROED_BYTES / object_bytes);
    }
    uint32_t first_index = 0;
    const uint32_t run_count = span_claim(span, count_max, &first_index);
    if (run_count == 0) {
        return false;
    }
    blacken(cache, span, first_index, run_count);
    const size_t run_bytes = run_count * object_bytes;
    slot->span = span;
    slot->next = span_object(span, first_index);
    slot->end = slot->next + run_bytes;
    if (span->needs_zero) {
        memset(slot->next, 0, run_bytes);
    }
    count(cache, run_count, run_bytes);
    return true;
}

// The object, or NULL when there are no pages. Its memory may have to be zeroed still.
static struct span *alloc_large(struct heap_cache *cache, const struct heap_request *request)
{
    const size_t page_count =
        request->size_bytes / SPAN_PAGE_BYTES + (request->size_bytes % SPAN_PAGE_BYTES != 0);
    // As many pages are swept as are taken, and twice that.
    sweep_some(&heap_instance,
               page_count < SWEEP_SPANS_MAX ? 3 * (uint32_t)page_count + 8 : 3 * SWEEP_SPANS_MAX);
    struct span *const span = page_heap_alloc(&heap_instance.page_heap, page_count);
    if (span) {
        span_init_large(span, request->kind, request->type);
        uint32_t first_index = 0;
        const uint32_t claimed_count = span_claim(span, 1, &first_index);
        ASSERT(claimed_count == 1);
        blacken(cache, span, 0, 1);
        count(cache, 1, span->object_bytes);
    }
    return span;
}

// With the lock released and safepoints in between: this may take long. What a marker finds in the
// part that is not zeroed yet keeps something alive in vain at worst.
static void zero_large(const struct span *span)
{
    if (!span->needs_zero) {
        return;
    }
    for (size_t done_bytes = 0; done_bytes < span->object_bytes; done_bytes += ZEROED_BYTES_MAX) {
        const size_t left_bytes = span->object_bytes - done_bytes;
        memset(span->base + done_bytes, 0,
               left_bytes < ZEROED_BYTES_MAX ? left_bytes : ZEROED_BYTES_MAX);
        world_poll();
    }
}

// A span with free objects that has been swept, or can be now; NULL: there is none, or not soon.
static struct span *find_used_span(const struct heap_request *request)
{
    struct heap *const heap = &heap_instance;
    uint32_t swept_count = 0;
    bool more = true;
    for (;;) {
        struct span *const span = central_take(&heap->central, &heap->page_heap, request->kind,
                                               request->class_index, request->type);
        if (span || !more || swept_count >= SWEEP_SPANS_MAX || proc_is_to_stop(proc_current)) {
            return span;
        }
        more = sweep_some(heap, SWEEP_SPANS);
        swept_count += SWEEP_SPANS;
    }
}

// A span with free objects for the request, or NULL when there are no pages.
static struct span *find_span(const struct heap_request *request)
{
    struct heap *const heap = &heap_instance;
    struct span *span = find_used_span(request);
    if (!span) {
        const uint32_t class_index = request->class_index;
        span = page_heap_alloc(&heap->page_heap, size_class_table[class_index].page_count);
        if (span) {
            span_init(span, request->kind, class_index, request->type);
        }
    }
    return span;
}

// Where a type gets a slot: one of its places that has no span, else each in turn.
static struct heap_typed_slot *choose_place(struct heap_cache *cache, struct heap_typed_slot *table,
                                            uint32_t hash)
{
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_PLACES; i++) {
        struct heap_typed_slot *const typed = &table[(hash + i) % HEAP_CACHE_TYPED_COUNT];
        if (!typed->slot.span) {
            return typed;
        }
    }
    const uint32_t turn = cache->victim_count++ % HEAP_CACHE_TYPED_PLACES;
    return &table[(hash + turn) % HEAP_CACHE_TYPED_COUNT];
}

// The slot of the request's type. It may take the place of another one, whose span goes back.
static struct heap_typed_slot *target(struct heap_cache *cache, const struct heap_request *request)
{
    struct heap_typed_slot *const table = request->typed_table;
    const uint32_t hash =
        heap_inline_hash(request->type, table == cache->arrays ? request->class_index : 0);
    struct heap_typed_slot *typed =
        heap_cache_find(table, hash, request->type, request->class_index);
    if (typed) {
        return typed;
    }
    typed = choose_place(cache, table, hash);
    struct span *const span = detach(cache, &typed->slot);
    if (span && !span_is_full(span)) {
        central_put(&heap_instance.central, &heap_instance.page_heap, span);
    }
    typed->type = request->type;
    typed->type_bytes = request->type->size_bytes;
    typed->class_index = request->class_index;
    typed->slot.object_bytes = size_class_table[request->class_index].object_bytes;
    return typed;
}

static void *serve_small(struct heap_cache *cache, const struct heap_request *request)
{
    struct heap_slot *const slot =
        request->typed_table ? &target(cache, request)->slot : request->slot;
    if (!slot->span || !claim_run(cache, slot, slot->span)) {
        slot->span = NULL;
        struct span *const span = find_span(request);
        if (!span) {
            return NULL;
        }
        const bool claimed = claim_run(cache, slot, span);
        ASSERT(claimed);
    }
    void *const object = heap_cache_pop(slot);
    ASSERT(object);
    return object;
}

// The object, or NULL when there are no pages.
static void *serve(struct heap *heap, struct heap_request *request)
{
    // After a safepoint only: the coroutine, and with it `slot`, stays on its processor.
    struct heap_cache *const cache = &proc_current->heap_cache;
    world_lock_acquire(&heap->lock);
    sweep_pay(heap);
    if (request->class_index != SPAN_LARGE) {
        request->object = serve_small(cache, request);
        lock_release(&heap->lock);
        return request->object;
    }
    const struct span *const span = alloc_large(cache, request);
    lock_release(&heap->lock);
    if (span) {
        request->object = span->base;
        zero_large(span);
    }
    return request->object;
}

static void collect_if_due(struct heap *heap)
{
    if (heap->gc_off || barrier_is_on) {
        return;
    }
    if (heap->collect_always) {
        collector_run(NULL);
        return;
    }
    world_lock_acquire(&heap->lock);
    const bool due =
        pacer_is_due(&heap->pacer, (size_t)heap->page_heap.used_page_count * SPAN_PAGE_BYTES);
    lock_release(&heap->lock);
    if (due) {
        collector_begin();
    }
}

static void serve_request(struct heap *heap, struct heap_request *request)
{
    world_poll();
    collect_if_due(heap);
    if (!serve(heap, request)) {
        if (!heap->gc_off) {
            collector_run(NULL);
        }
        if (heap->gc_off || !serve(heap, request)) {
            fatal("out of memory: no room for %zu bytes beside the %zu in use", request->size_bytes,
                  (size_t)heap->page_heap.used_page_count * SPAN_PAGE_BYTES);
        }
    }
    if (barrier_is_on && !heap->gc_off) {
        collector_assist(request->size_bytes);
    }
}

void heap_cache_serve(void *request)
{
    struct heap *const heap = &heap_instance;
    const bool timed = heap->trace.times_allocations;
    const uint64_t start_ns = timed ? clock_now_ns() : 0;
    serve_request(heap, request);
    if (timed) {
        gc_histogram_add(&heap->trace.allocations, clock_now_ns() - start_ns);
    }
}

void heap_cache_each_slot(struct heap_cache *cache,
                          void (*visit)(struct heap_slot *slot, void *context), void *context)
{
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        visit(&cache->slots.pointer_free[i], context);
        visit(&cache->slots.conservative[i], context);
    }
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_COUNT; i++) {
        visit(&cache->slots.objects[i].slot, context);
        visit(&cache->arrays[i].slot, context);
    }
}

static void blacken_slot(struct heap_slot *slot, void *context)
{
    const uint32_t left_count = left_in(slot);
    if (left_count > 0) {
        const uint32_t first_index = span_object_index(slot->span, slot->next);
        const uint64_t size_bytes =
            (uint64_t)span_blacken(slot->span, first_index, left_count) * slot->object_bytes;
        struct marker *const marker = context;
        marker->marked_bytes += size_bytes;
        marker->black_bytes += size_bytes;
    }
}

void heap_cache_blacken(struct heap_cache *cache)
{
    heap_cache_each_slot(cache, blacken_slot, &cache->marker);
}

static void flush_slot(struct heap_slot *slot, void *context)
{
    detach(context, slot);
}

void heap_cache_flush(struct heap_cache *cache)
{
    // The spans are on no list: the sweep that follows puts them where they belong.
    heap_cache_each_slot(cache, flush_slot, cache);
}

struct left {
    uint64_t count;
    uint64_t size_bytes;
};

static void add_left(struct heap_slot *slot, void *context)
{
    struct left *const left = context;
    left->count += left_in(slot);
    left->size_bytes += (size_t)(slot->end - slot->next);
}

void heap_cache_left(const struct heap_cache *cache, uint64_t *object_count, uint64_t *size_bytes)
{
    struct left left = {0};
    heap_cache_each_slot((struct heap_cache *)cache, add_left, &left);
    *object_count = left.count;
    *size_bytes = left.size_bytes;
}
