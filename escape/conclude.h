// From a solved graph to verdicts, tags and findings.
#ifndef ESCAPE_CONCLUDE_H
#define ESCAPE_CONCLUDE_H

#include "escape/analysis_internal.h"

// Solves the graph of a component: sets its functions' tags and its sites' verdicts.
void conclude_component(struct analysis_internal *in, const uint32_t *functions, uint32_t count);

// After the last component: placements, then all findings, sorted.
void conclude_all(struct analysis_internal *in);

#endif
