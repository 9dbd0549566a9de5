// Placement `stack`: objects live in the frame that declared their slot.
#ifndef HARNESS_PLACEMENT_STACK_H
#define HARNESS_PLACEMENT_STACK_H

#include "harness/placement_note.h"

#define PLACEMENT PLACEMENT_STACK
#define IN_FRAME 1
#define EXPLICIT_FREE 0

#define NO_POINTERS 0
#define POINTER_AT(tag, field) 0
#define OBJECT_TYPE(tag, pointers) _Static_assert((pointers) == 0, #tag)

#define SLOT(tag, slot)                                                                            \
    struct tag slot##_storage;                                                                     \
    struct tag *const slot = &slot##_storage
#define SLOT_ARRAY(tag, slots, count) struct tag slots[count]
#define SLOT_BYTES(slot, size_bytes) _Alignas(16) char slot[size_bytes]

#define OBTAIN(tag, slot) NOTED(OPAQUE((struct tag *)(slot)), sizeof(struct tag))
#define OBTAIN_AT(tag, slots, index) OBTAIN(tag, &(slots)[index])
#define OBTAIN_BYTES(slot, size_bytes) NOTED(OPAQUE((void *)(slot)), size_bytes)
#define RESIZE_BYTES(old, old_bytes, new_bytes) ((void)(old_bytes), (void)(new_bytes), (old))
#define STORE(field, value) ((void)(*(field) = (value)))
#define ROOT(variable) ((void)&(variable))
#define DROP(pointer) ((void)(pointer))

#endif
