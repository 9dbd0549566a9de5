// Calls in the location graph: what goes into the callee, what comes out of it.
#ifndef ESCAPE_CALL_H
#define ESCAPE_CALL_H

#include "escape/analysis_internal.h"

// The flow of a call's result: an object for an allocator, an argument for an intrinsic that
// returns it, else a location that call_build() connects.
struct graph_flow call_result(struct analysis_internal *in, LLVMValueRef call);

// Adds the edges of a call.
void call_build(struct analysis_internal *in, LLVMValueRef call);

// The table's entry that stands for a function: one that is listed and has no body here, or is an
// allocator (a wrapper's body is not looked into). NULL: none.
const struct effects_function *call_effects(const struct analysis_internal *in,
                                            LLVMValueRef function);

#endif
