// The central lists: spans with free objects that no heap cache is using.
//
// A list holds the spans of one kind and class, and for typed spans of one type. A span is on a
// list or in a cache or full, never two of them. Each collection empties the lists and its sweep
// fills them again, in the order of addresses.
#ifndef RUNTIME_CENTRAL_H
#define RUNTIME_CENTRAL_H

#include "runtime/page_heap.h"
#include "runtime/size_class.h"
#include "runtime/span.h"

#include <stddef.h>
#include <stdint.h>

struct central_list {
    uint32_t head_index; // in page_heap.spans; 0: empty
    uint32_t tail_index;
};

struct central_typed_list {
    const struct heap_type *type; // NULL: unused entry
    uint32_t class_index;
    struct central_list list;
};

struct central {
    struct central_list untyped[SPAN_TYPED][SIZE_CLASS_COUNT]; // [SPAN_FREE] is unused
    struct central_typed_list *typed;                          // a hash table
    size_t typed_count;
    size_t typed_capacity_count; // a power of two
};

// Returns 0 or -ENOMEM.
int central_init(struct central *central);

void central_release(struct central *central);

// Empties every list.
void central_clear(struct central *central);

// Takes a span with free objects off the list of its kind, or returns NULL. type is NULL unless
// kind is SPAN_TYPED.
struct span *central_take(struct central *central, struct page_heap *heap, enum span_kind kind,
                          uint32_t class_index, const struct heap_type *type);

// Appends a span, which is neither full nor large, to the list of its kind. Fatal error when the
// system refuses memory for the table of types.
void central_put(struct central *central, struct page_heap *heap, struct span *span);

// Stops the program when an invariant does not hold.
void central_check(const struct central *central, const struct page_heap *heap);

#endif
