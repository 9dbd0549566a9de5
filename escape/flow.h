// What a value of LLVM is in terms of the location graph.
#ifndef ESCAPE_FLOW_H
#define ESCAPE_FLOW_H

#include "escape/analysis_internal.h"

// The flow of a value of the function being built. Makes locations for phis, selects and the
// results of calls when it meets them first.
struct graph_flow flow_of(struct analysis_internal *in, LLVMValueRef value);

// What reading `size_bytes` (0: not known) through an address gives: the content of the object that
// it certainly is the address of, else one more dereference.
struct graph_flow flow_load(struct analysis_internal *in, struct graph_flow address,
                            uint64_t size_bytes);

// Where a store of `size_bytes` (0: not known) through an address goes: into the object that it
// certainly is the address of, else to the heap.
uint32_t flow_destination(struct analysis_internal *in, struct graph_flow address,
                          uint64_t size_bytes);

// The flow after `derefs` dereferences.
struct graph_flow flow_shift(struct analysis_internal *in, struct graph_flow flow, int derefs);

// Fixes what a value is, for values that others make (storages, arguments).
void flow_set(struct analysis_internal *in, LLVMValueRef value, struct graph_flow flow);

// Forgets all values: before the next component.
void flow_clear(struct analysis_internal *in);

#endif
