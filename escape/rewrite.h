// Puts every object of an analysed module where it belongs: the allocations that do not escape into
// their function's frame, the variables that do onto the collected heap.
//
// A variable on the heap is a heap_new() of a heap type made from its debug information. Stores of
// pointers become heap_store() unless their target is certainly in a frame. What cannot be
// rewritten safely stays as it was, and a note on stderr says so; where staying would be wrong, the
// program ends with an error and nothing is written.
#ifndef ESCAPE_REWRITE_H
#define ESCAPE_REWRITE_H

#include "escape/analysis.h"

struct rewrite_options {
    bool is_all_heap; // --place=heap
    bool is_checked;  // --check
};

struct rewrite_counts {
    size_t promoted_count;       // allocations now in a frame
    size_t freed_count;          // calls of free() that went with them
    size_t moved_count;          // variables now on the heap
    size_t barrier_count;        // pointer stores with a write barrier
    size_t barrier_elided_count; // and without, because the target is in a frame
};

// Rewrites the module. The analysis is of this module and is of no use afterwards.
void rewrite_module(LLVMModuleRef module, const struct analysis *analysis,
                    const struct rewrite_options *options, struct rewrite_counts *counts);

// Writes it as bitcode, or as text when the name ends in .ll: whole or not at all. Dies.
void rewrite_write(LLVMModuleRef module, const char *path);

#endif
