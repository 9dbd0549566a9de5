// Which functions a call can reach.
#ifndef ESCAPE_TARGET_H
#define ESCAPE_TARGET_H

#include "escape/analysis_internal.h"

enum { TARGET_COUNT_MAX = 16 };

struct target {
    LLVMValueRef functions[TARGET_COUNT_MAX];
    unsigned count;
    bool is_complete; // false: others too
};

// Fills `target` for a call. Go's rule in go mode: only a local variable that is assigned once is
// known; in precise mode every set of functions that the value can be followed to.
void target_find(const struct analysis_internal *in, LLVMValueRef call, struct target *target);

#endif
