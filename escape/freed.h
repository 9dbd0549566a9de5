// Which objects calls of free() are given, and what that means for where they may live.
//
// An object in the frame must not be freed. A call whose argument can only be objects that are
// placed in the frame disappears; one that may get others as well keeps them all on the heap.
#ifndef ESCAPE_FREED_H
#define ESCAPE_FREED_H

#include "escape/analysis_internal.h"

// Reads a solved graph: notes the component's freeing calls and its parameters' `freed` tags.
void freed_component(struct analysis_internal *in);

// After placement: puts on the heap what cannot be left in the frame.
void freed_demote(struct analysis_internal *in);

#endif
