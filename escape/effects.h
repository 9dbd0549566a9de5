// What functions that are not in the program do with their arguments: libc, allocators, wrappers.
//
// The table is text (escape/effects.txt, built in; a user's file is laid over it). A function that
// is listed does with its pointers what its flows say and nothing else; one that is not listed and
// has no body keeps every pointer it is given.
#ifndef ESCAPE_EFFECTS_H
#define ESCAPE_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>

enum effects_target {
    EFFECTS_TO_HEAP,      // kept by something that outlives the call
    EFFECTS_TO_RESULT,    // part of the returned value
    EFFECTS_TO_PARAMETER, // stored into the memory that another argument points to
    EFFECTS_TO_CALLBACK,  // passed to the function that another argument is
};

enum { EFFECTS_VARARGS = 254, EFFECTS_NO_ARGUMENT = 255 };

// "The value of a parameter after `from_level` dereferences reaches the target": memcpy(d, s, n)
// has {0, 0, TO_RESULT} (returns d) and {1, 1, TO_PARAMETER, 0} (what s points to is stored in *d).
struct effects_flow {
    unsigned char from_parameter; // or EFFECTS_VARARGS: every argument after the declared ones
    unsigned char from_level;     // 0: the pointer itself, 1: what it points to
    unsigned char target;         // enum effects_target
    unsigned char to_parameter;   // of EFFECTS_TO_PARAMETER, EFFECTS_TO_CALLBACK
    unsigned char to_callback;    // EFFECTS_TO_CALLBACK: which parameter of the function
};

enum effects_allocator {
    EFFECTS_NOT_ALLOCATOR,
    EFFECTS_ALLOCATES, // a fresh object
    EFFECTS_RESIZES,   // realloc(): a fresh object with the content of `resized_argument`
};

struct effects_function {
    const char *name;
    unsigned char allocator;        // enum effects_allocator
    unsigned char size_argument;    // bytes, or EFFECTS_NO_ARGUMENT
    unsigned char count_argument;   // times this one, or EFFECTS_NO_ARGUMENT
    unsigned char type_argument;    // or: pointer to a struct heap_type, whose size_bytes counts
    unsigned char align_argument;   // or EFFECTS_NO_ARGUMENT
    unsigned char resized_argument; // EFFECTS_RESIZES
    unsigned char freed_argument;   // free(): ends the life of what this points to
    bool zeroed;                    // allocator: memory is zero
    bool may_be_null;               // allocator: NULL on failure
    bool returns_twice;             // setjmp()
    const struct effects_flow *flows;
    size_t flow_count;
};

struct effects; // the table

// The built-in table, then `path` over it unless NULL. Dies (exit 2) naming file, line and what was
// expected. Release with effects_release().
struct effects *effects_new(const char *path);
void effects_release(struct effects *effects);

// NULL: not listed.
const struct effects_function *effects_find(const struct effects *effects, const char *name);

#endif
