// Write barriers: pointer stores into what may be a heap object become heap_store().
#ifndef ESCAPE_REWRITE_BARRIER_H
#define ESCAPE_REWRITE_BARRIER_H

#include "escape/analysis.h"
#include "escape/rewrite.h"

// The stores and copies that need one, found before anything is changed.
struct rewrite_barrier {
    LLVMValueRef *stores; // store instructions
    size_t store_count;
    LLVMValueRef *copies; // struct assignments: llvm.memcpy and llvm.memmove
    size_t copy_count;
    LLVMValueRef *needless; // calls of heap_store() whose slot is in a frame
    size_t needless_count;
};

// Finds them. With `is_all_heap` the analysis' placement is not what will be: only the program's
// own frames, variables aside, are known not to be the heap.
void rewrite_barrier_init(struct rewrite_barrier *barrier, LLVMModuleRef module,
                          const struct analysis *analysis, bool is_all_heap,
                          struct rewrite_counts *counts);
void rewrite_barrier_release(struct rewrite_barrier *barrier);

// Whether the program uses the collected heap at all: otherwise it needs no barriers.
bool rewrite_barrier_is_needed(LLVMModuleRef module);

void rewrite_barrier_apply(const struct rewrite_barrier *barrier, LLVMModuleRef module,
                           struct rewrite_counts *counts);

#endif
