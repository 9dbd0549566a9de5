// What the placements with free() share. The header that includes it has defined PLACEMENT and the
// allocator's own PLACEMENT_ALLOCATE, PLACEMENT_REALLOCATE and PLACEMENT_FREE.
#ifndef HARNESS_PLACEMENT_EXPLICIT_H
#define HARNESS_PLACEMENT_EXPLICIT_H

#include "harness/placement_note.h"

#define IN_FRAME 0
#define EXPLICIT_FREE 1

#define NO_POINTERS 0
#define POINTER_AT(tag, field) 0
#define OBJECT_TYPE(tag, pointers) _Static_assert((pointers) == 0, #tag)

#define SLOT(tag, slot) struct tag *const slot = NULL
#define SLOT_ARRAY(tag, slots, count) struct tag *const slots = NULL
#define SLOT_BYTES(slot, size_bytes) char *const slot = NULL

// A failed allocation traps at the first write, loudly enough for a benchmark: the check would be
// timed with it.
#define OBTAIN(tag, slot)                                                                          \
    ((void)(slot),                                                                                 \
     NOTED(OPAQUE((struct tag *)PLACEMENT_ALLOCATE(sizeof(struct tag))), sizeof(struct tag)))
#define OBTAIN_AT(tag, slots, index) OBTAIN(tag, slots)
#define OBTAIN_BYTES(slot, size_bytes)                                                             \
    ((void)(slot), NOTED(OPAQUE(PLACEMENT_ALLOCATE(size_bytes)), size_bytes))
#define RESIZE_BYTES(old, old_bytes, new_bytes)                                                    \
    ((void)(old_bytes), NOTED(OPAQUE(PLACEMENT_REALLOCATE(old, new_bytes)), new_bytes))
#define STORE(field, value) ((void)(*(field) = (value)))
#define ROOT(variable) ((void)&(variable))
#define DROP(pointer) PLACEMENT_FREE(pointer)

#endif
