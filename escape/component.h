// The strongly connected components of the call graph, callees before callers.
#ifndef ESCAPE_COMPONENT_H
#define ESCAPE_COMPONENT_H

#include "escape/analysis_internal.h"

// Sets in->order and each function's component; returns the number of components.
uint32_t component_find(struct analysis_internal *in);

#endif
