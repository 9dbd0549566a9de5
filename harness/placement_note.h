// NOTED(pointer, size_bytes): the pointer, reported to placement_note() in the noted build,
// untouched in the timed ones.
#ifndef HARNESS_PLACEMENT_NOTE_H
#define HARNESS_PLACEMENT_NOTE_H

#ifdef WORKLOAD_NOTES
#define NOTED(pointer, size_bytes)                                                                 \
    __extension__({                                                                                \
        __auto_type noted = (pointer);                                                             \
        placement_note(PLACEMENT, noted, size_bytes, __LINE__);                                    \
        noted;                                                                                     \
    })
#define NOTE_MEMORY(count) placement_note_memory(count)
#else
#define NOTED(pointer, size_bytes) (pointer)
#define NOTE_MEMORY(count) ((void)0)
#endif

#endif
