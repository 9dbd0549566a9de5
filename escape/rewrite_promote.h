// Puts allocations that do not escape into their function's frame.
#ifndef ESCAPE_REWRITE_PROMOTE_H
#define ESCAPE_REWRITE_PROMOTE_H

#include "escape/analysis.h"

#include <stdbool.h>

// The decisions for all sites of a module, made before anything is changed.
struct rewrite_promote {
    bool *is_promoted;   // by index of the analysis' sites
    LLVMValueRef *frees; // calls of free() that go with them
    size_t free_count;
};

// Decides which allocations can be promoted: those that the analysis places in a frame, but for a
// few kinds of call. Says on stderr what it leaves and why.
void rewrite_promote_init(struct rewrite_promote *promote, LLVMModuleRef module,
                          const struct analysis *analysis);
void rewrite_promote_release(struct rewrite_promote *promote);

// Replaces the allocation by memory of the frame, which is zeroed where the allocator zeroes.
// Returns the alloca.
LLVMValueRef rewrite_promote_site(LLVMModuleRef module, const struct analysis_site *site);

// Deletes the calls of free().
void rewrite_promote_delete_frees(const struct rewrite_promote *promote);

#endif
