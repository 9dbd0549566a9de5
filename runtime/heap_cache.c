// The slow path. A slot whose run is used up takes the next free run of its span; a span that is
// full is forgotten (the next sweep looks at it again), and one with free objects taken from the
// central lists, else made from fresh pages.
//
// Memory is zeroed a run at a time, when the run is claimed: it is then in the first-level cache
// when the program gets it, which zeroing whole spans, or sweeping with zeroing, would not achieve.
#include "runtime/heap_cache.h"

#include "base/assert.h"
#include "runtime/collector.h"
#include "runtime/fatal.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/world.h"

#include <string.h>

// A tenth of a first-level cache, and enough for the slow path to be a small part of the zeroing.
enum { RUN_ZEROED_BYTES = 4096 };

void heap_cache_init(struct heap_cache *cache)
{
    struct heap *const heap = &heap_instance;
    *cache = (struct heap_cache){.next = heap->caches};
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        cache->pointer_free[i].object_bytes = size_class_table[i].object_bytes;
        cache->conservative[i].object_bytes = size_class_table[i].object_bytes;
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
    heap_instance.allocated_bytes += size_bytes;
}

// Takes the slot's span away and what is left of its run back. Returns the span or NULL.
static struct span *detach(struct heap_cache *cache, struct heap_slot *slot)
{
    struct span *const span = slot->span;
    const uint32_t left_count = left_in(slot);
    if (left_count > 0) {
        span_unclaim(span, span_object_index(span, slot->next), left_count);
        count(cache, 0 - (uint64_t)left_count, 0 - left_count * slot->object_bytes);
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

static bool may_collect(void)
{
    return !heap_instance.gc_off;
}

static bool time_to_collect(void)
{
    const struct heap *const heap = &heap_instance;
    return may_collect() && (heap->collect_always || heap->allocated_bytes >= heap->trigger_bytes);
}

// Whether more pages would exceed the soft limit, and enough was allocated since the last mark for
// another one not to be in vain: a heap that lives above its limit must not collect all the time.
static bool limit_reached(size_t page_count)
{
    const struct heap *const heap = &heap_instance;
    const uint64_t least_bytes = 1024 * 1024;
    const uint64_t share_bytes = heap->live_bytes / 16;
    const size_t used_bytes =
        (heap->page_heap.used_page_count + page_count) * (size_t)SPAN_PAGE_BYTES;
    return heap->limit_bytes != 0 && may_collect() && used_bytes > heap->limit_bytes &&
           heap->allocated_bytes >= (share_bytes > least_bytes ? share_bytes : least_bytes);
}

// The object, or NULL when a collection must come first: there are no pages, or, before one, too
// many. The same holds for find_span().
static void *alloc_large(struct heap_cache *cache, const struct heap_request *request,
                         bool collected)
{
    const size_t page_count =
        request->size_bytes / SPAN_PAGE_BYTES + (request->size_bytes % SPAN_PAGE_BYTES != 0);
    if (!collected && limit_reached(page_count)) {
        return NULL;
    }
    struct span *const span = page_heap_alloc(&heap_instance.page_heap, page_count);
    if (!span) {
        return NULL;
    }
    span_init_large(span, request->kind, request->type);
    uint32_t first_index = 0;
    const uint32_t claimed_count = span_claim(span, 1, &first_index);
    ASSERT(claimed_count == 1);
    if (span->needs_zero) {
        memset(span->base, 0, span->object_bytes);
    }
    count(cache, 1, span->object_bytes);
    return span->base;
}

// A span with free objects for the request.
static struct span *find_span(const struct heap_request *request, bool collected)
{
    struct heap *const heap = &heap_instance;
    const uint32_t class_index = request->class_index;
    const size_t page_count = size_class_table[class_index].page_count;
    struct span *span =
        central_take(&heap->central, &heap->page_heap, request->kind, class_index, request->type);
    if (!span && (collected || !limit_reached(page_count))) {
        span = page_heap_alloc(&heap->page_heap, page_count);
        if (span) {
            span_init(span, request->kind, class_index, request->type);
        }
    }
    return span;
}

// Makes a typed slot that of the request's type. The span of another type goes back.
static void retarget(struct heap_cache *cache, const struct heap_request *request)
{
    struct heap *const heap = &heap_instance;
    struct heap_typed_slot *const typed = request->typed;
    const size_t type_bytes = request->type->size_bytes;
    if (typed->type == request->type && typed->type_bytes == type_bytes &&
        typed->class_index == request->class_index) {
        return;
    }
    struct span *const span = detach(cache, &typed->slot);
    if (span && !span_is_full(span)) {
        central_put(&heap->central, &heap->page_heap, span);
    }
    typed->type = request->type;
    typed->type_bytes = type_bytes;
    typed->class_index = request->class_index;
    typed->slot.object_bytes = size_class_table[request->class_index].object_bytes;
}

static void *serve(struct heap_cache *cache, const struct heap_request *request, bool collected)
{
    if (request->class_index == SPAN_LARGE) {
        return alloc_large(cache, request, collected);
    }
    if (request->typed) {
        retarget(cache, request);
    }
    struct heap_slot *const slot = request->slot;
    if (!slot->span || !claim_run(cache, slot, slot->span)) {
        slot->span = NULL;
        struct span *const span = find_span(request, collected);
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

void heap_cache_serve(void *arg)
{
    struct heap_request *const request = arg;
    struct heap *const heap = &heap_instance;
    world_poll();
    for (bool collected = false;; collected = true) {
        lock_acquire(&heap->lock);
        const uint64_t gc_count = heap->gc_count;
        const bool due = !collected && time_to_collect();
        request->object = due ? NULL : serve(&proc_current->heap_cache, request, collected);
        lock_release(&heap->lock);
        if (request->object) {
            return;
        }
        if (collected || !may_collect()) {
            fatal("out of memory: no room for %zu bytes beside the %zu in use", request->size_bytes,
                  (size_t)heap->page_heap.used_page_count * SPAN_PAGE_BYTES);
        }
        collector_run_unless_since(gc_count);
    }
}

// Calls visit for every slot.
static void each_slot(struct heap_cache *cache,
                      void (*visit)(struct heap_slot *slot, void *context), void *context)
{
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        visit(&cache->pointer_free[i], context);
        visit(&cache->conservative[i], context);
    }
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_COUNT; i++) {
        visit(&cache->objects[i].slot, context);
        visit(&cache->arrays[i].slot, context);
    }
}

static void flush_slot(struct heap_slot *slot, void *context)
{
    detach(context, slot);
}

void heap_cache_flush(struct heap_cache *cache)
{
    // The spans are on no list: the sweep that follows puts them where they belong.
    each_slot(cache, flush_slot, cache);
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
    each_slot((struct heap_cache *)cache, add_left, &left);
    *object_count = left.count;
    *size_bytes = left.size_bytes;
}

static void check_slot(struct heap_slot *slot, void *context)
{
    (void)context;
    const struct span *const span = slot->span;
    if (!span) {
        ASSERT(slot->next == slot->end);
        return;
    }
    ASSERT(span->object_bytes == slot->object_bytes);
    ASSERT(slot->next <= slot->end);
    ASSERT(slot->next >= span->base);
    ASSERT(slot->end <= span->base + span->used_bytes);
    ASSERT((size_t)(slot->next - span->base) % slot->object_bytes == 0);
    ASSERT((size_t)(slot->end - slot->next) % slot->object_bytes == 0);
    for (const char *object = slot->next; object < slot->end; object += slot->object_bytes) {
        ASSERT(span_is_allocated(span, span_object_index(span, object)));
    }
}

static void check_typed(const struct heap_typed_slot *typed)
{
    const struct span *const span = typed->slot.span;
    ASSERT(!span || span->type == typed->type);
    ASSERT(!span || span->class_index == typed->class_index);
}

void heap_cache_check(const struct heap_cache *cache)
{
    each_slot((struct heap_cache *)cache, check_slot, NULL);
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_COUNT; i++) {
        check_typed(&cache->objects[i]);
        check_typed(&cache->arrays[i]);
    }
}
