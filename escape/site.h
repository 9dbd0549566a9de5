// The places that make objects: variables, literals, allocations.
#ifndef ESCAPE_SITE_H
#define ESCAPE_SITE_H

#include "escape/analysis_internal.h"

// Adds a site and the location of its storage, made at `depth` loops; sets its flow. Returns the
// location. `allocator`: NULL for an alloca or argument.
uint32_t site_add(struct analysis_internal *in, LLVMValueRef value, enum graph_kind kind,
                  uint32_t depth, const struct effects_function *allocator);

// Makes the argument that points to a result's memory a site, with `location` as its storage.
void site_name(struct analysis_internal *in, LLVMValueRef argument, uint32_t location);

// Of an allocation: whether its size is a constant, and which.
bool site_size(const struct analysis_internal *in, LLVMValueRef call,
               const struct effects_function *allocator, uint64_t *size_bytes);

#endif
