// A span: a run of pages that holds objects of one size, one kind and, if they are typed, one type.
//
//     base                                            base + used_bytes     base + pages
//      | object 0 | object 1 | ... | object_count - 1 |  tail (unused)       |
//
// Objects have no header: the collector finds the span by the page of an address, and everything
// about the object in the span. Two bits an object say whether it exists and whether the running
// collection has reached it; they lie side by side because marking needs both.
//
// A free run of pages is described by a span of kind SPAN_FREE, whose used_bytes is 0.
//
// Markers look at spans while others allocate. What they read does not change while used_bytes is
// not 0, which is written last; of the rest, `marked`, `scanned` and scan_state change atomically,
// `allocated` is written by the holder of the heap's lock only, and pointer_mask by markers.
#ifndef RUNTIME_SPAN_H
#define RUNTIME_SPAN_H

#include "runtime/heap.h"
#include "runtime/size_class.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SPAN_PAGE_BYTES = 8192,
    SPAN_OBJECTS_MAX = SPAN_PAGE_BYTES / 8,
    SPAN_BATCH_BYTES_MIN = 16, // objects of these sizes are scanned together, see marker.c
    SPAN_BATCH_BYTES_MAX = 512,
    SPAN_BATCH_OBJECTS_MAX = SPAN_PAGE_BYTES / SPAN_BATCH_BYTES_MIN,
    SPAN_LARGE = SIZE_CLASS_COUNT, // the class_index of a span with one large object
};

enum span_kind { SPAN_FREE, SPAN_POINTER_FREE, SPAN_CONSERVATIVE, SPAN_TYPED, SPAN_KIND_COUNT };

// How many objects have been marked, and are not being scanned, since the span was taken from a
// queue of spans the last time. If any were, it is in a queue.
enum span_scan_state { SPAN_SCAN_NONE, SPAN_SCAN_ONE, SPAN_SCAN_MANY };

struct span_bits {
    uint64_t allocated;
    uint64_t marked;
};

struct span {
    char *base;
    size_t used_bytes; // object_count * object_bytes; 0 in a free run
    size_t object_bytes;
    uint64_t reciprocal;   // of object_bytes, see size_class_divide(); 0 when there is one object
    uint64_t pointer_mask; // bit i: word i of each object is a pointer; 0: span_pointer_mask()
    union {
        const struct heap_type *type; // of a SPAN_TYPED
        uint32_t previous_index;      // of a SPAN_FREE: the span before it in its bin
    };
    uint32_t page_count;
    uint32_t next_index; // the next span in the list that this one is in, or 0
    uint16_t object_count;
    uint16_t search_index;   // every object below it is allocated
    uint8_t kind;            // enum span_kind
    uint8_t class_index;     // a size class or SPAN_LARGE
    uint8_t scan_state;      // enum span_scan_state
    uint8_t needs_zero : 1;  // memory of free objects may hold something
    uint8_t is_returned : 1; // of a free run: the system has all of its memory back
    uint8_t sweep_epoch : 6; // the page heap's when it was made or last swept
    union {
        struct span_bits bits[SPAN_OBJECTS_MAX / 64];
        struct { // of spans whose objects are scanned together: they are half as many at most
            struct span_bits batch_bits[SPAN_BATCH_OBJECTS_MAX / 64];
            uint64_t scanned[SPAN_BATCH_OBJECTS_MAX / 64]; // marked, and scanned or about to be
        };
    };
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct span, bits) == 64, "what marking reads first is one cache line");

// Makes a run of pages (base, page_count and needs_zero are set) a span of free objects of a size
// class. type is NULL unless kind is SPAN_TYPED.
void span_init(struct span *span, enum span_kind kind, uint32_t class_index,
               const struct heap_type *type);

// The same for one object that takes all the pages.
void span_init_large(struct span *span, enum span_kind kind, const struct heap_type *type);

// Allocates the first run of free objects, count_max long at most. Returns its length and sets
// *first_index; 0, with *first_index untouched, when the span is full.
uint32_t span_claim(struct span *span, uint32_t count_max, uint32_t *first_index);

// Makes claimed objects free and unmarked again. Their memory must be as it was when claimed
// (zeroed).
void span_unclaim(struct span *span, uint32_t first_index, uint32_t count);

bool span_is_full(const struct span *span);

// The number of allocated objects.
uint32_t span_allocated_count(const struct span *span);

// Marks objects as reached, at a time when others may mark too. Returns how many were not yet.
uint32_t span_blacken(struct span *span, uint32_t first_index, uint32_t count);

// Forgets which objects have been scanned: the next marking may begin.
void span_clear_scanned(struct span *span);

// The words of an object (of up to SPAN_MASK_WORDS words) that hold pointers: the type's map,
// repeated over the object for arrays. What is beyond the last element is zero, thus harmless. It
// is found anew in each collection that comes upon an object of the span: a program may reuse a
// type's memory for another type once no object of the old one is left.
enum { SPAN_MASK_WORDS = 64 };
uint64_t span_expand_mask(struct span *span);
static inline uint64_t span_pointer_mask(struct span *span)
{
    const uint64_t mask = __atomic_load_n(&span->pointer_mask, __ATOMIC_RELAXED);
    return __builtin_expect(mask != 0, 1) ? mask : span_expand_mask(span);
}

// Stops the program when an invariant does not hold.
void span_check(const struct span *span);

// Whether the span's objects may be scanned together: it has `scanned` bits then.
static inline bool span_is_batch(const struct span *span)
{
    return span->object_bytes - SPAN_BATCH_BYTES_MIN <=
               SPAN_BATCH_BYTES_MAX - SPAN_BATCH_BYTES_MIN &&
           span->kind != SPAN_POINTER_FREE;
}

static inline uint32_t span_word_count(const struct span *span)
{
    return ((uint32_t)span->object_count + 63) / 64;
}

static inline uint32_t span_object_index(const struct span *span, const void *address)
{
    return size_class_divide(span->reciprocal, (size_t)((const char *)address - span->base));
}

static inline char *span_object(const struct span *span, uint32_t object_index)
{
    return span->base + object_index * span->object_bytes;
}

static inline bool span_is_allocated(const struct span *span, uint32_t object_index)
{
    return __atomic_load_n(&span->bits[object_index / 64].allocated, __ATOMIC_RELAXED) >>
               object_index % 64 &
           1;
}

// How many bits are set. The compiler would call libgcc, whose code is not the runtime's:
// stop_signal.h.
static inline uint32_t span_bit_count(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(bits * 0x0101010101010101u >> 56);
}

static inline bool span_is_marked(const struct span *span, uint32_t object_index)
{
    return __atomic_load_n(&span->bits[object_index / 64].marked, __ATOMIC_RELAXED) >>
               object_index % 64 &
           1;
}

// Whether bit word_index of a type's pointer map is set.
static inline bool span_type_has_pointer(const struct heap_type *type, size_t word_index)
{
    return type->pointer_words[word_index / 64] >> word_index % 64 & 1;
}

#endif
