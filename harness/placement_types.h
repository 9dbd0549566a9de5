// Types and slots of the placements on our own heap: `gc` and `auto`.
#ifndef HARNESS_PLACEMENT_TYPES_H
#define HARNESS_PLACEMENT_TYPES_H

#include "runtime/heap.h"

#include <stddef.h>
#include <stdint.h>

// A type's pointer map has one word: objects of up to 64 words.
#define NO_POINTERS 0
#define POINTER_AT(tag, field) (UINT64_C(1) << (offsetof(struct tag, field) / sizeof(void *)))
#define OBJECT_TYPE(tag, pointers)                                                                 \
    static const uint64_t tag##_pointer_words[] = {pointers};                                      \
    static const struct heap_type tag##_type = {                                                   \
        .name = #tag,                                                                              \
        .size_bytes = sizeof(struct tag),                                                          \
        .pointer_words = (pointers) ? tag##_pointer_words : NULL,                                  \
    }

// Objects need no room in the frame.
#define SLOT(tag, slot) struct tag *const slot = NULL
#define SLOT_ARRAY(tag, slots, count) struct tag *const slots = NULL
#define SLOT_BYTES(slot, size_bytes) char *const slot = NULL

#endif
