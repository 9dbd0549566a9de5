// The programs that draw, simulate and time whole processes.
#ifndef HARNESS_PROBE_TOOLS_H
#define HARNESS_PROBE_TOOLS_H

#include "harness/condition.h"

// Appends the versions of valgrind, gnuplot and hyperfine, by starting each; and
// the allocators that are not built in.
void probe_tools(struct condition_list *list);

#endif
