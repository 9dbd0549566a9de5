// Placement `boehm`: objects live on the heap of Boehm's collector, which finds pointers by
// looking. Objects without pointers are allocated as such, as its users do.
#ifndef HARNESS_PLACEMENT_BOEHM_H
#define HARNESS_PLACEMENT_BOEHM_H

#include "harness/library.h"
#include "harness/placement_note.h"

#define GC_THREADS
#include <gc/gc.h>
#include <string.h>

#define PLACEMENT PLACEMENT_BOEHM
#define IN_FRAME 0
#define EXPLICIT_FREE 0
#define PLACEMENT_BEGIN() library_boehm.begin()

#define NO_POINTERS 0
#define POINTER_AT(tag, field) 1
#define OBJECT_TYPE(tag, pointers) enum { tag##_has_pointers = (pointers) != 0 }

#define SLOT(tag, slot) struct tag *const slot = NULL
#define SLOT_ARRAY(tag, slots, count) struct tag *const slots = NULL
#define SLOT_BYTES(slot, size_bytes) char *const slot = NULL

#define OBTAIN(tag, slot)                                                                          \
    ((void)(slot),                                                                                 \
     NOTED(OPAQUE((struct tag *)(tag##_has_pointers ? GC_MALLOC(sizeof(struct tag))                \
                                                    : GC_MALLOC_ATOMIC(sizeof(struct tag)))),      \
           sizeof(struct tag)))
#define OBTAIN_AT(tag, slots, index) OBTAIN(tag, slots)
#define OBTAIN_BYTES(slot, size_bytes)                                                             \
    ((void)(slot), NOTED(OPAQUE(GC_MALLOC_ATOMIC(size_bytes)), size_bytes))
#define RESIZE_BYTES(old, old_bytes, new_bytes)                                                    \
    memcpy(NOTED(OPAQUE(GC_MALLOC_ATOMIC(new_bytes)), new_bytes), old, old_bytes)
#define STORE(field, value) ((void)(*(field) = (value)))
#define ROOT(variable) ((void)&(variable))
#define DROP(pointer) ((void)(pointer))

#endif
