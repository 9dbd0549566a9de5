// What stacks cost, and whom: growth charged to the function whose prologue asked for it, and a
// census of the stacks there are.
//
// A function that grows stacks often, or copies much, is one to call on the system stack, to give a
// smaller frame, or a reason for a larger stack_bytes_min. Always counted: it costs a few
// nanoseconds of each growth.
#ifndef RUNTIME_STACK_PROFILE_H
#define RUNTIME_STACK_PROFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Since runtime_run() began.
struct stack_profile_entry {
    // An address inside the function; NULL sums up shrinking, which nobody asks for, and the
    // functions beyond the first couple of hundred.
    const void *function;
    uint64_t grow_count;      // of segmented stacks: segments begun
    uint64_t shrink_count;    // only where function is NULL
    uint64_t copied_bytes;    // by growing, and by stress moves
    uint64_t relocated_words; // of those copied: words that pointed into the old stack
    uint64_t stack_bytes_max; // the largest stack that it led to
};

// Fills in the entries, most copied bytes first, then most growth, at most `capacity_count` of
// them. Returns how many there are. May be called on coroutines, and after runtime_run() has
// returned until the next one begins.
size_t runtime_stack_profile(struct stack_profile_entry *entries, size_t capacity_count);

// A census of the coroutines alive, by the size of their stacks: class c counts sizes from 1 << c
// up to, but not including, twice that.
enum { STACK_CENSUS_CLASS_COUNT = 48 };
struct stack_census {
    uint64_t coroutine_counts[STACK_CENSUS_CLASS_COUNT];
    uint64_t stack_bytes[STACK_CENSUS_CLASS_COUNT]; // of all of the class
    uint64_t
        used_bytes[STACK_CENSUS_CLASS_COUNT]; // of those: between the stack pointer and the top
};

// All zero outside coroutines.
void runtime_stack_census(struct stack_census *census);

// Prints both as tables, with the names of the functions.
void runtime_stack_profile_print(FILE *out);

#endif
