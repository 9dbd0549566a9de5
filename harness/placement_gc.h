// Placement `gc`: objects live on the runtime's collected heap.
#ifndef HARNESS_PLACEMENT_GC_H
#define HARNESS_PLACEMENT_GC_H

#include "harness/placement_note.h"
#include "harness/placement_types.h"
#include "runtime/heap.h"

#include <string.h>

#define PLACEMENT PLACEMENT_GC
#define IN_FRAME 0
#define EXPLICIT_FREE 0

#define OBTAIN(tag, slot)                                                                          \
    ((void)(slot), NOTED(OPAQUE((struct tag *)heap_new(&tag##_type)), sizeof(struct tag)))
#define OBTAIN_AT(tag, slots, index) OBTAIN(tag, slots)
#define OBTAIN_BYTES(slot, size_bytes)                                                             \
    ((void)(slot), NOTED(OPAQUE(heap_new_bytes(size_bytes)), size_bytes))
#define RESIZE_BYTES(old, old_bytes, new_bytes)                                                    \
    memcpy(NOTED(OPAQUE(heap_new_bytes(new_bytes)), new_bytes), old, old_bytes)
#define STORE(field, value) heap_store((field), (value))
#define ROOT(variable) heap_root_add(&(variable), sizeof(variable))
#define DROP(pointer) ((void)(pointer))

#endif
