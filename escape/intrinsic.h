// LLVM's own functions in the location graph: copies of memory, and calls that compute.
#ifndef ESCAPE_INTRINSIC_H
#define ESCAPE_INTRINSIC_H

#include "escape/analysis_internal.h"

// The flow of the result of a call of the intrinsic with this number.
struct graph_flow intrinsic_result(struct analysis_internal *in, LLVMValueRef call, unsigned id);

// Adds the edges of such a call.
void intrinsic_build(struct analysis_internal *in, LLVMValueRef call, unsigned id);

#endif
