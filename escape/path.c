// Breadth first over pairs of location and dereferences. The solver's own order does not do: the
// smallest number of dereferences and the smallest number of steps are found on different paths,
// and the edges of the former can form circles (golang.org/issue/35518).
#include "escape/path.h"

#include "base/allocate.h"
#include "escape/value_map.h"

struct state {
    uint32_t location, parent, edge;
    int8_t derefs;
};

struct search {
    struct graph *graph;
    struct state *states;
    size_t count;
    struct value_map seen;
};

static void reach(struct search *search, uint32_t location, int derefs, uint32_t parent,
                  uint32_t edge)
{
    const uintptr_t key = (uintptr_t)location * (GRAPH_DEREFS_MAX + 2) + (uintptr_t)(derefs + 1);
    const void *const pointer = (const void *)(key + 1);
    if (value_map_get(&search->seen, pointer)) {
        return;
    }
    search->states = allocate_room(search->states, search->count, sizeof search->states[0]);
    search->states[search->count++] = (struct state){
        .location = location, .parent = parent, .edge = edge, .derefs = (int8_t)derefs};
    value_map_set(&search->seen, pointer, (uint32_t)search->count);
}

static void follow(struct search *search, uint32_t index)
{
    const struct graph *const graph = search->graph;
    const struct state state = search->states[index];
    const int derefs = state.derefs < 0 ? 0 : state.derefs;
    for (uint32_t e = graph->locations[state.location].first_edge; e; e = graph->edges[e].next) {
        const struct graph_edge *const edge = &graph->edges[e];
        if (edge->narrow && !graph->is_walk_narrow) {
            continue;
        }
        const int sum = derefs + edge->derefs;
        reach(search, edge->source, sum > GRAPH_DEREFS_MAX ? GRAPH_DEREFS_MAX : sum, index, e);
    }
}

static void take(struct path *path, const struct search *search, uint32_t index)
{
    path->steps = allocate_zeroed(PATH_STEPS_MAX, sizeof path->steps[0]);
    while (index != 0) {
        const struct state *const state = &search->states[index];
        const size_t at = path->count < PATH_STEPS_MAX ? path->count++ : PATH_STEPS_MAX - 1;
        path->steps[at] = (struct path_step){.edge = state->edge,
                                             .destination = search->states[state->parent].location};
        index = state->parent;
    }
}

void path_find(struct path *path, struct graph *graph, uint32_t root, uint32_t from, int derefs)
{
    *path = (struct path){0};
    struct search search = {.graph = graph};
    reach(&search, root, 0, 0, 0);
    for (uint32_t i = 0; i < search.count; i++) {
        if (i > 0 && search.states[i].location == from && search.states[i].derefs <= derefs) {
            take(path, &search, i);
            break;
        }
        follow(&search, i);
    }
    free(search.states);
    value_map_release(&search.seen);
}

void path_release(struct path *path)
{
    free(path->steps);
    *path = (struct path){0};
}
