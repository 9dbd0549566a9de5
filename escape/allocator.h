// Allocators that no table names.
#ifndef ESCAPE_ALLOCATOR_H
#define ESCAPE_ALLOCATOR_H

#include "escape/analysis_internal.h"

// What a function without a body is by its attributes: with __attribute__((malloc)) a fresh object,
// which alloc_size measures. The entry lives as long as the analysis. NULL: no allocator.
const struct effects_function *allocator_by_attributes(struct analysis_internal *in,
                                                       LLVMValueRef function);

#endif
