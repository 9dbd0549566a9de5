// A processor's heap cache: where its next objects of each size and kind will lie.
//
// A slot is a run of free, zeroed objects in a span that this cache has for itself: allocating
// bumps `next` (heap_inline.h). The objects of the run are already marked as allocated in the span,
// and counted; the ones that are left when a slot is given up are taken back.
//
// Typed slots are found by hashing the type, in one of a few neighbouring places; when others have
// all of these, one of them gives its span back to the central lists. A slot answers to the type's
// address AND its size, because a program may build another type at the address of one that it no
// longer uses.
#ifndef RUNTIME_HEAP_CACHE_H
#define RUNTIME_HEAP_CACHE_H

#include "runtime/heap.h"
#include "runtime/heap_inline.h"
#include "runtime/marker.h"
#include "runtime/size_class.h"
#include "runtime/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEAP_CACHE_TYPED_COUNT = HEAP_INLINE_TYPED_COUNT,
    // Looked at for a type. Two of ten types share a first place every second time, and each of
    // their allocations would go to the central lists; nine in eight places are rare below forty.
    HEAP_CACHE_TYPED_PLACES = 8,
};

struct heap_cache {
    struct heap_slots slots;
    struct heap_typed_slot arrays[HEAP_CACHE_TYPED_COUNT]; // for heap_new_array()
    uint32_t victim_count;                                 // typed slots that gave way to others
    uint64_t alloc_count; // objects allocated, those still left in the slots' runs included
    uint64_t alloc_bytes;
    struct heap_cache *next; // in the heap's list of caches
    struct marker marker;
};

// An allocation that the slots could not satisfy.
struct heap_request {
    enum span_kind kind;
    const struct heap_type *type; // NULL unless kind is SPAN_TYPED
    size_t size_bytes;
    uint32_t class_index;                // or SPAN_LARGE
    struct heap_slot *slot;              // NULL for a large object, and for a typed one
    struct heap_typed_slot *typed_table; // where the slot of a typed object is, or NULL
    void *object;                        // the result
};

// An empty cache, known to the heap until heap_release().
void heap_cache_init(struct heap_cache *cache);

// Serves the request (a struct heap_request): refills the slot and allocates from it, begins a
// collection if it is time to, does a share of the marking if one is under way. Fatal error when
// memory is exhausted. Call it on the system stack.
void heap_cache_serve(void *request);

// Marks what is left of the slots' runs, as a marking begins: what is allocated from them is not to
// be scanned. The world is stopped.
void heap_cache_blacken(struct heap_cache *cache);

// Takes the spans out of all slots, unused parts of runs back. The spans are on no list then: a
// sweep must follow.
void heap_cache_flush(struct heap_cache *cache);

// The objects that are counted but not allocated yet, and their bytes.
void heap_cache_left(const struct heap_cache *cache, uint64_t *object_count, uint64_t *size_bytes);

// Calls visit for every slot.
void heap_cache_each_slot(struct heap_cache *cache,
                          void (*visit)(struct heap_slot *slot, void *context), void *context);

// Stops the program when an invariant does not hold.
void heap_cache_check(const struct heap_cache *cache);

static inline void *heap_cache_pop(struct heap_slot *slot)
{
    return heap_inline_pop(heap_inline_slots, slot, slot->object_bytes);
}

// The slot of a type and class in the cache's slots.objects or arrays, or NULL.
static inline struct heap_typed_slot *heap_cache_find(struct heap_typed_slot *table, uint32_t hash,
                                                      const struct heap_type *type,
                                                      uint32_t class_index)
{
    for (uint32_t i = 0; i < HEAP_CACHE_TYPED_PLACES; i++) {
        struct heap_typed_slot *const typed = &table[(hash + i) % HEAP_CACHE_TYPED_COUNT];
        if (typed->type == type && typed->type_bytes == type->size_bytes &&
            typed->class_index == class_index) {
            return typed;
        }
    }
    return NULL;
}

#endif
