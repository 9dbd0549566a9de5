// What lies on the heap for another reason than that it escapes: too large, of unknown size, freed
// or resized where the rewriting cannot follow.
//
// A pointer into a frame must not be in heap memory: the collector does not expect it there, and a
// stack that moves does not correct it. So what such an object holds escapes, though the object
// does not. (Go says of the object itself that it escapes; go mode does too.)
#ifndef ESCAPE_PLACED_H
#define ESCAPE_PLACED_H

#include "escape/analysis_internal.h"

// For a call in precise mode, when its function is built: nothing unless it allocates.
void placed_allocation(struct analysis_internal *in, LLVMValueRef call);

// For a variable whose storage is `location`, likewise.
void placed_variable(struct analysis_internal *in, const struct analysis_site *site,
                     uint32_t location);

#endif
