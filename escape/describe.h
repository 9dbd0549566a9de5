// Words for locations, edges and paths, as a C programmer would put them.
#ifndef ESCAPE_DESCRIBE_H
#define ESCAPE_DESCRIBE_H

#include "escape/analysis_internal.h"

// A variable's name, or an allocation's text: "malloc(...)".
const char *describe_site(struct analysis_internal *in, const struct analysis_site *site);

// Its declaration, or the call.
struct finding_position describe_position(struct analysis_internal *in,
                                          const struct analysis_site *site);

// Why the value of `from` after `derefs` dereferences (-1: its address) reaches `root`, in the
// solver's current walk: the reason, a sentence, and with options.flows the steps.
struct analysis_cause describe_cause(struct analysis_internal *in, struct graph *graph,
                                     uint32_t root, uint32_t from, int derefs);

#endif
