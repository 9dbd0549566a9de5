// Builds the location graph of a component of the call graph.
#ifndef ESCAPE_BUILD_H
#define ESCAPE_BUILD_H

#include "escape/analysis_internal.h"

// Empties in->graph and fills it with the `count` functions whose numbers are at `functions`.
void build_component(struct analysis_internal *in, const uint32_t *functions, uint32_t count);

// The global variable that an address certainly is in, or NULL.
LLVMValueRef build_global_of(LLVMValueRef address);

#endif
