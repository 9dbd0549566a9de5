// Fields: a storage S with fields F1, F2 and a field A of unknown offset has the edges S <- F1,
// S <- F2, S <- A (its content is all of them) and F1 <- A, F2 <- A (a store of unknown offset may
// have hit each).
#include "escape/graph.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <string.h>

enum { LOCATION_CAPACITY_MIN = 1024, WORD_BYTES = 8, FIELDS_MAX = 64 };

void graph_clear(struct graph *graph)
{
    graph->location_count = GRAPH_NONE;
    graph->edge_count = 1;
    graph->has_narrow = false;
    graph->walk = 0;
    graph_add(graph, GRAPH_KIND_NONE, UINT32_MAX, NULL);
    const uint32_t heap = graph_add(graph, GRAPH_KIND_HEAP, UINT32_MAX, NULL);
    ASSERT(heap == GRAPH_HEAP);
    graph_at(graph, heap)->escapes = true;
}

void graph_release(struct graph *graph)
{
    free(graph->locations);
    free(graph->edges);
    free(graph->queue);
    *graph = (struct graph){0};
}

uint32_t graph_add(struct graph *graph, enum graph_kind kind, uint32_t function, LLVMValueRef value)
{
    if (graph->location_count >= graph->location_capacity) {
        graph->location_capacity =
            graph->location_capacity ? graph->location_capacity * 2 : LOCATION_CAPACITY_MIN;
        graph->locations = allocate_resized(graph->locations,
                                            graph->location_capacity * sizeof graph->locations[0]);
    }
    graph->locations[graph->location_count] = (struct graph_location){
        .kind = (uint8_t)kind,
        .is_known = true,
        .function = function,
        .value = value,
    };
    return graph->location_count++;
}

static void add_edge(struct graph *graph, uint32_t destination, struct graph_edge edge)
{
    if (graph->edge_count >= graph->edge_capacity) {
        graph->edge_capacity =
            graph->edge_capacity ? graph->edge_capacity * 2 : LOCATION_CAPACITY_MIN;
        graph->edges =
            allocate_resized(graph->edges, graph->edge_capacity * sizeof graph->edges[0]);
    }
    struct graph_location *const location = graph_at(graph, destination);
    graph->edges[graph->edge_count] = edge;
    if (location->first_edge) {
        graph->edges[location->last_edge].next = graph->edge_count;
    } else {
        location->first_edge = graph->edge_count;
    }
    location->last_edge = graph->edge_count++;
    graph->has_narrow |= edge.narrow;
}

void graph_connect(struct graph *graph, uint32_t destination, struct graph_flow flow,
                   enum graph_why why, LLVMValueRef at, unsigned argument)
{
    if (destination == GRAPH_NONE) {
        return;
    }
    if (!flow.is_known) {
        graph_at(graph, destination)->is_known = false;
    }
    if (flow.location == GRAPH_NONE) {
        return;
    }
    if (flow.derefs < 0) {
        ASSERT(graph_at(graph, flow.location)->kind == GRAPH_KIND_STORAGE ||
               graph_at(graph, flow.location)->kind == GRAPH_KIND_RESULT ||
               graph_at(graph, flow.location)->kind == GRAPH_KIND_PARAMETER);
        graph_at(graph, flow.location)->is_address_used = true;
    }
    add_edge(graph, destination,
             (struct graph_edge){
                 .source = flow.location,
                 .derefs = flow.derefs,
                 .why = (uint8_t)why,
                 .narrow = flow.narrow,
                 .argument = (uint8_t)(argument < UINT8_MAX ? argument : UINT8_MAX),
                 .at = at,
             });
}

struct graph_flow graph_deref(struct graph_flow flow)
{
    flow.offset_bytes = GRAPH_OFFSET_ANY;
    if (flow.derefs < GRAPH_DEREFS_MAX) {
        flow.derefs++;
    }
    flow.is_known = false;
    return flow;
}

static void connect_part(struct graph *graph, uint32_t destination, uint32_t source)
{
    add_edge(graph, destination, (struct graph_edge){.source = source, .why = GRAPH_WHY_PART});
}

static uint32_t add_field(struct graph *graph, uint32_t storage, int32_t word)
{
    const struct graph_location *const owner = graph_at(graph, storage);
    const uint32_t field = graph_add(graph, GRAPH_KIND_FIELD, owner->function, owner->value);
    struct graph_location *const location = graph_at(graph, field);
    location->owner = storage;
    location->offset = word;
    location->next_field = graph_at(graph, storage)->next_field;
    graph_at(graph, storage)->next_field = field;
    connect_part(graph, storage, field);
    return field;
}

static uint32_t any_field(struct graph *graph, uint32_t storage)
{
    if (graph_at(graph, storage)->any_field == 0) {
        const uint32_t old = graph_at(graph, storage)->next_field;
        const uint32_t any = add_field(graph, storage, GRAPH_OFFSET_ANY);
        graph_at(graph, storage)->any_field = any;
        for (uint32_t f = old; f; f = graph_at(graph, f)->next_field) {
            connect_part(graph, f, any);
        }
    }
    return graph_at(graph, storage)->any_field;
}

uint32_t graph_field(struct graph *graph, uint32_t storage, int32_t offset_bytes,
                     uint64_t size_bytes, bool is_store)
{
    const int32_t word = offset_bytes / WORD_BYTES;
    bool is_word =
        offset_bytes >= 0 && (uint64_t)(offset_bytes % WORD_BYTES) + size_bytes <= WORD_BYTES;
    unsigned count = 0;
    for (uint32_t f = graph_at(graph, storage)->next_field; f && is_word;
         f = graph_at(graph, f)->next_field) {
        if (graph_at(graph, f)->offset == word) {
            return f;
        }
        is_word = ++count < FIELDS_MAX;
    }
    if (!is_word) {
        return is_store ? any_field(graph, storage) : storage;
    }
    const uint32_t any = graph_at(graph, storage)->any_field;
    const uint32_t field = add_field(graph, storage, word);
    if (any) {
        connect_part(graph, field, any);
    }
    return field;
}

uint32_t graph_behind(struct graph *graph, uint32_t parameter)
{
    if (graph_at(graph, parameter)->any_field == 0) {
        const struct graph_location *const location = graph_at(graph, parameter);
        const uint32_t behind =
            graph_add(graph, GRAPH_KIND_BEHIND, location->function, location->value);
        graph_at(graph, behind)->owner = parameter;
        graph_at(graph, parameter)->any_field = behind;
    }
    return graph_at(graph, parameter)->any_field;
}
