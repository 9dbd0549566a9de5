// From a root, the smallest number of dereferences to every location that reaches it, by relaxing
// edges with a queue (Bellman and Ford); counts are bounded below by 0 at each location, so that
// there are no negative cycles. Source: Go's walkAll and walkOne (cmd/compile/internal/escape).
//
// Go walks from every location. It is enough to walk from those that can outlive something: the
// heap, results, and, in a function that makes objects in loops, the variables and header phis that
// outlive an iteration. The content of an object that escapes flows to the heap by an edge.
//
// Narrow edges copy bytes. A walk without them says what leaks as pointers, which is what is
// reported of parameters; one with them says what must not be promoted.
#include "escape/solve.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/rule.h"

struct walk {
    struct graph *graph;
    const struct solve_sink *sink;
    uint32_t root;
    bool narrow;          // follow narrow edges
    bool is_mixed;        // a location was reached as an object and as what it holds
    bool has_escaped;     // something did that no walk from the heap has seen
    uint32_t head, count; // of the queue
};

static void push(struct graph *graph, uint32_t *head, uint32_t *count, uint32_t location)
{
    if (*count == graph->queue_capacity) {
        const uint32_t capacity = graph->queue_capacity ? graph->queue_capacity * 2 : 1024;
        uint32_t *const queue = allocate_zeroed(capacity, sizeof queue[0]);
        for (uint32_t i = 0; i < *count; i++) {
            queue[i] = graph->queue[(*head + i) % graph->queue_capacity];
        }
        free(graph->queue);
        graph->queue = queue;
        graph->queue_capacity = capacity;
        *head = 0;
    }
    graph->queue[(*head + *count) % graph->queue_capacity] = location;
    ++*count;
}

static void begin(struct walk *walk, uint32_t root)
{
    struct graph *const graph = walk->graph;
    walk->root = root;
    walk->head = walk->count = 0;
    graph->walk++;
    struct graph_location *const location = graph_at(graph, root);
    location->walk = graph->walk;
    location->derefs = 0;
    location->keeping_edge = 0;
    graph->is_walk_narrow = walk->narrow;
    location->is_queued = true;
    push(graph, &walk->head, &walk->count, root);
}

static uint32_t pop(struct walk *walk)
{
    const uint32_t index = walk->graph->queue[walk->head];
    walk->head = (walk->head + 1) % walk->graph->queue_capacity;
    walk->count--;
    graph_at(walk->graph, index)->is_queued = false;
    return index;
}

static void relax(struct walk *walk, uint32_t index, int derefs, bool skip_escaped)
{
    struct graph *const graph = walk->graph;
    for (uint32_t e = graph_at(graph, index)->first_edge; e; e = graph->edges[e].next) {
        const struct graph_edge *const edge = &graph->edges[e];
        struct graph_location *const source = graph_at(graph, edge->source);
        if ((edge->narrow && !walk->narrow) ||
            (skip_escaped && source->escapes && edge->why != GRAPH_WHY_REACHED)) {
            continue;
        }
        int sum = derefs + edge->derefs;
        sum = sum > GRAPH_DEREFS_MAX ? GRAPH_DEREFS_MAX : sum;
        if (source->walk == graph->walk) {
            walk->is_mixed |= (source->derefs < 0) != (sum < 0);
            if (source->derefs <= sum) {
                continue;
            }
        }
        source->walk = graph->walk;
        source->derefs = (int8_t)sum;
        source->keeping_edge = index == walk->root ? e : graph_at(graph, index)->keeping_edge;
        if (!source->is_queued) {
            source->is_queued = true;
            push(graph, &walk->head, &walk->count, edge->source);
        }
    }
}

// Whether what is stored in `root` may live on when `storage` is gone.
static bool outlives(const struct graph_location *root, const struct graph_location *storage)
{
    if (root->escapes) {
        return rule_on(RULE_ADDRESS_ESCAPES);
    }
    if (root->kind == GRAPH_KIND_RESULT) {
        return rule_on(RULE_RETURN);
    }
    if (root->kind == GRAPH_KIND_BEHIND) {
        return rule_on(RULE_STORE_INDIRECT);
    }
    return root->function == storage->function && root->root_depth < storage->depth &&
           rule_on(RULE_LOOP);
}

static void mark_escaped(struct walk *walk, uint32_t index)
{
    struct graph *const graph = walk->graph;
    struct graph_location *const storage = graph_at(graph, index);
    storage->escapes = true;
    walk->sink->escapes(walk->sink->context, graph, walk->root, index);
    if (rule_on(RULE_CONTENT_ESCAPES)) {
        graph_connect(graph, GRAPH_HEAP, (struct graph_flow){.location = index, .is_known = true},
                      GRAPH_WHY_REACHED, NULL, 0);
        walk->has_escaped = true;
    }
}

static bool has_address(const struct graph_location *location)
{
    return location->kind == GRAPH_KIND_STORAGE || location->kind == GRAPH_KIND_RESULT ||
           (location->kind == GRAPH_KIND_PARAMETER && location->site);
}

// Whether what reaches it is the callers' matter.
static bool is_summarised(const struct graph_location *location)
{
    return location->kind == GRAPH_KIND_RESULT || location->kind == GRAPH_KIND_BEHIND;
}

static void walk_from(struct walk *walk, uint32_t root)
{
    struct graph *const graph = walk->graph;
    begin(walk, root);
    while (walk->count > 0) {
        const uint32_t index = pop(walk);
        const struct graph_location *const location = graph_at(graph, index);
        int derefs = location->derefs;
        if (derefs < 0) {
            derefs = 0;
            if (!location->escapes && has_address(location) &&
                outlives(graph_at(graph, root), location)) {
                mark_escaped(walk, index);
                if (root != GRAPH_HEAP) {
                    continue; // the heap's walk follows its content
                }
            }
        }
        if (graph_at(graph, index)->kind == GRAPH_KIND_PARAMETER &&
            (root == GRAPH_HEAP || is_summarised(graph_at(graph, root)))) {
            walk->sink->leaks(walk->sink->context, graph, root, index, derefs, walk->narrow);
        }
        relax(walk, index, derefs, true);
    }
}

// A walk that follows only whole pointers first: it decides what is reported.
static void walk_both(struct walk *walk, uint32_t root)
{
    walk->narrow = false;
    walk_from(walk, root);
    if (walk->graph->has_narrow) {
        walk->narrow = true;
        walk_from(walk, root);
    }
}

void solve(struct graph *graph, const struct solve_sink *sink)
{
    struct walk walk = {.graph = graph, .sink = sink};
    walk_both(&walk, GRAPH_HEAP);
    walk.has_escaped = false; // the heap's own walk has followed them, if only narrowly
    bool again = graph->has_narrow;
    for (uint32_t i = GRAPH_FIRST; i < graph->location_count; i++) {
        if (is_summarised(graph_at(graph, i))) {
            walk_both(&walk, i);
        }
    }
    walk.narrow = true;
    for (uint32_t i = GRAPH_FIRST; i < graph->location_count; i++) {
        if (graph_at(graph, i)->is_root && !graph_at(graph, i)->escapes) {
            walk_from(&walk, i);
        }
    }
    again |= walk.has_escaped;
    while (again) {
        walk.has_escaped = false;
        walk_both(&walk, GRAPH_HEAP);
        again = walk.has_escaped;
    }
}

bool solve_walk(struct graph *graph, uint32_t root, bool inside,
                void (*visit)(void *context, struct graph *graph, uint32_t location, int derefs),
                void *context)
{
    struct walk walk = {.graph = graph, .narrow = true};
    begin(&walk, root);
    while (walk.count > 0) {
        const uint32_t index = pop(&walk);
        const int derefs = graph_at(graph, index)->derefs;
        if (index != root) {
            visit(context, graph, index, derefs);
        }
        if (derefs >= 0) {
            relax(&walk, index, derefs, false);
        } else if (inside) {
            relax(&walk, index, 0, false);
        }
    }
    return walk.is_mixed;
}
