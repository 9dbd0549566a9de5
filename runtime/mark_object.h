// From a word to the object that it points into, and what becomes of an object that was found: what
// the ways of scanning share (marker.c, mark_follow.c).
#ifndef RUNTIME_MARK_OBJECT_H
#define RUNTIME_MARK_OBJECT_H

#include "runtime/heap_internal.h"
#include "runtime/mark_batch.h"
#include "runtime/marker.h"
#include "runtime/world.h"

#include <stdbool.h>
#include <stdint.h>

MARKER_READS_RAW static inline const void *mark_object_read(const void *const *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

// Sets a mark bit; false when another marker was first.
static inline bool mark_object_set(struct span_bits *bits, uint64_t bit)
{
    if (world_is_parallel) {
        return !(__atomic_fetch_or(&bits->marked, bit, __ATOMIC_SEQ_CST) & bit);
    }
    bits->marked |= bit;
    return true;
}

// The span of the object that a word points into, when there is one that has not been marked;
// otherwise NULL.
static inline struct span *mark_object_find(const void *word, uint32_t *object_index)
{
    struct span *const span = page_heap_lookup(&heap_instance.page_heap, word);
    if (!span) {
        return NULL;
    }
    const uint32_t index = span_object_index(span, word);
    const struct span_bits *const bits = &span->bits[index / 64];
    const uint64_t bit = 1ull << index % 64;
    if (!(__atomic_load_n(&bits->allocated, __ATOMIC_RELAXED) & bit) ||
        (__atomic_load_n(&bits->marked, __ATOMIC_RELAXED) & bit)) {
        return NULL;
    }
    *object_index = index;
    return span;
}

// Marks an object that was found, and sees to it that it is scanned, unless another marker was
// first.
static inline void mark_object_mark(struct marker *marker, struct span *span, uint32_t object_index)
{
    if (!mark_object_set(&span->bits[object_index / 64], 1ull << object_index % 64)) {
        return;
    }
    marker->marked_bytes += span->object_bytes;
    if (span->kind == SPAN_POINTER_FREE) {
        return;
    }
    struct mark_pool *const pool = &heap_instance.mark_pool;
    const struct mark_item item = {span_object(span, object_index), span};
    if (!heap_instance.mark_choice.by_spans || !span_is_batch(span)) {
        mark_stack_push(&marker->stack, pool, item);
    } else if (mark_batch_note(span)) {
        mark_queue_push(&marker->queue, pool, item);
    }
}

// Both, for a word that may be an address.
static inline void mark_object_word(struct marker *marker, const void *word)
{
    uint32_t object_index;
    struct span *const span = mark_object_find(word, &object_index);
    if (span) {
        mark_object_mark(marker, span, object_index);
    }
}

#endif
