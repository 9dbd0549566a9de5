// Solves a location graph: which objects escape, what parameters leak.
//
// The caller is told through `solve_report` of each storage that turns out to escape and of each
// parameter that leaks, while the walk that shows it is the graph's newest.
#ifndef ESCAPE_SOLVE_H
#define ESCAPE_SOLVE_H

#include "escape/graph.h"

struct solve_sink {
    void *context;
    // `storage` escapes because its address reaches `root`.
    void (*escapes)(void *context, struct graph *graph, uint32_t root, uint32_t storage);
    // The parameter's value after `derefs` dereferences reaches `root`: the heap or a result.
    // `narrow`: only as bytes, or as memory of unknown type.
    void (*leaks)(void *context, struct graph *graph, uint32_t root, uint32_t parameter, int derefs,
                  bool narrow);
};

// Marks `escapes` in every storage and reports.
void solve(struct graph *graph, const struct solve_sink *sink);

// Walks from `root` and calls `visit` for every location that reaches it, with its dereferences
// (negative: its address, behind which the walk goes only if `inside`). Returns whether a location
// is reached both ways, of which the walk without `inside` tells one. Used for what free() is
// given.
bool solve_walk(struct graph *graph, uint32_t root, bool inside,
                void (*visit)(void *context, struct graph *graph, uint32_t location, int derefs),
                void *context);

#endif
