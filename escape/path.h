// The shortest path of a flow, for people to read.
#ifndef ESCAPE_PATH_H
#define ESCAPE_PATH_H

#include "escape/graph.h"

enum { PATH_STEPS_MAX = 64 };

struct path {
    struct path_step {
        uint32_t edge, destination;
    } *steps; // from the source outwards to the root
    size_t count;
};

// Finds the path with the fewest edges by which the value of `from`, after at most `derefs`
// dereferences (-1: its address), reaches `root`. Follows narrow edges if the graph's newest walk
// did. Longer paths than PATH_STEPS_MAX lose their middle. Release with path_release().
void path_find(struct path *path, struct graph *graph, uint32_t root, uint32_t from, int derefs);

void path_release(struct path *path);

#endif
