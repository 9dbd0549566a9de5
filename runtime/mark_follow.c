// What takes time between two objects of a list is that each step waits for the one before: the
// object's address for its index, that for its span, that for the pointer to it; and every locked
// instruction waits for all reads before it and holds up those after it. So:
//
// - what a pointer points to is prefetched as soon as it has been read, before anything is looked
//   up;
// - the object's address is taken to be the pointer's value, and the span's map that of the last
//   one, where a comparison says so: the processor predicts these and reads on meanwhile;
// - marks are set for all objects at once that have their bit in the same word: for a list in the
//   order of addresses that is one locked instruction in up to 64 objects.
//
// Until then an object has been scanned but not marked. Another marker may come upon it, mark it
// and scan it again: that is harmless, and ends where the marks of this one begin, a word of bits
// further at most.
#include "runtime/mark_follow.h"

#include "base/assert.h"
#include "runtime/mark_object.h"

// Objects that have been scanned and are to be marked.
struct trail {
    struct span *span;
    uint32_t word_index; // of its bits
    uint64_t bits;
};

// Sets mark bits; returns those that had not been set.
static inline uint64_t set_marks(struct span_bits *bits, uint64_t wanted)
{
    if (world_is_parallel) {
        return wanted & ~__atomic_fetch_or(&bits->marked, wanted, __ATOMIC_SEQ_CST);
    }
    const uint64_t before = bits->marked;
    bits->marked = before | wanted;
    return wanted & ~before;
}

static void mark_trail(struct marker *marker, struct trail *trail)
{
    if (trail->bits == 0) {
        return;
    }
    struct span *const span = trail->span;
    const uint64_t marked = set_marks(&span->bits[trail->word_index], trail->bits);
    marker->marked_bytes += (uint64_t)span_bit_count(marked) * span->object_bytes;
    mark_batch_take(span, trail->word_index, trail->bits);
    trail->bits = 0;
}

static inline bool trail_has(const struct trail *trail, const struct span *span,
                             uint32_t object_index)
{
    return span == trail->span && object_index / 64 == trail->word_index &&
           (trail->bits >> object_index % 64 & 1);
}

static inline void trail_add(struct marker *marker, struct trail *trail, struct span *span,
                             uint32_t object_index)
{
    if (span != trail->span || object_index / 64 != trail->word_index) {
        mark_trail(marker, trail);
        trail->span = span;
        trail->word_index = object_index / 64;
    }
    trail->bits |= 1ull << object_index % 64;
}

struct place {
    struct span *span; // NULL: none
    uint32_t object_index;
    const char *object;
};

// Predicted rather than computed: see above.
static inline const char *object_at(const struct span *span, uint32_t object_index,
                                    const char *word)
{
    const char *const object = span_object(span, object_index);
    if (__builtin_expect(object == word, 1)) {
        __asm__ volatile(""); // a branch, not a conditional move, which would wait for both
        return word;
    }
    return object;
}

// Scans an object. Returns one that it leads to and that has not been marked, the last; others are
// marked.
MARKER_READS_RAW static inline struct place look(struct marker *marker, const struct trail *trail,
                                                 const char *object, uint64_t mask)
{
    struct place next = {0};
    const void *const *const words = (const void *const *)object;
    for (; mask != 0; mask &= mask - 1) {
        const void *const word = mark_object_read(&words[__builtin_ctzll(mask)]);
        __builtin_prefetch(word);
        uint32_t object_index;
        struct span *const span = mark_object_find(word, &object_index);
        if (!span || trail_has(trail, span, object_index)) {
            continue;
        }
        if (!mark_follow_can(span)) {
            mark_object_mark(marker, span, object_index);
            continue;
        }
        const char *const found = object_at(span, object_index, word);
        if (found == object || found == next.object) {
            continue;
        }
        if (next.span) {
            mark_object_mark(marker, next.span, next.object_index);
        }
        next = (struct place){span, object_index, found};
    }
    return next;
}

size_t mark_follow(struct marker *marker, struct mark_item item, size_t budget_bytes)
{
    struct trail trail = {0};
    struct span *span = item.span;
    uint64_t mask = span_pointer_mask(span);
    size_t scanned_bytes = span->object_bytes;
    struct place place = look(marker, &trail, item.object, mask);
    // Anything else in hand, and there is something to do ahead of the next object.
    while (place.span && scanned_bytes < budget_bytes && marker->stack.count == 0 &&
           mark_queue_is_empty(&marker->queue)) {
        if (place.span != span) {
            span = place.span;
            mask = span_pointer_mask(span);
        }
        scanned_bytes += span->object_bytes;
        const struct place next = look(marker, &trail, place.object, mask);
        trail_add(marker, &trail, span, place.object_index);
        place = next;
    }
    mark_trail(marker, &trail);
    if (place.span) {
        mark_object_mark(marker, place.span, place.object_index);
    }
    return scanned_bytes;
}
