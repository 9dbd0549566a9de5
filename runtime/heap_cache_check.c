// A file of its own, because most of heap_cache.c is about allocating.
#include "runtime/heap_cache.h"

#include "base/assert.h"

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
    heap_cache_each_slot((struct heap_cache *)cache, check_slot, NULL);
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_COUNT; i++) {
        check_typed(&cache->slots.objects[i]);
        check_typed(&cache->arrays[i]);
    }
}
