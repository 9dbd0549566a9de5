// The location graph of one component of the call graph.
//
// A location is something that holds a value: a variable, an allocated object, a parameter, a
// function's result, a temporary, the heap. An edge `destination <- source` with n dereferences
// says that the source's value, dereferenced n times, flows to the destination; n = -1 is the
// source's address. Edges are kept at their destination.
// Source of the model: Go's compiler (cmd/compile/internal/escape), 2018.
#ifndef ESCAPE_GRAPH_H
#define ESCAPE_GRAPH_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Locations 0 and 1 exist in every graph. Flows to and from GRAPH_NONE are dropped.
enum { GRAPH_NONE, GRAPH_HEAP, GRAPH_FIRST };

enum { GRAPH_OFFSET_ANY = INT32_MIN, GRAPH_DEREFS_MAX = 15 };

enum graph_kind {
    GRAPH_KIND_NONE,
    GRAPH_KIND_HEAP,
    GRAPH_KIND_RESULT,
    GRAPH_KIND_PARAMETER, // one argument of LLVM's function
    GRAPH_KIND_STORAGE,   // an object with an address: variable, literal, allocation
    GRAPH_KIND_FIELD,     // one word of a storage, or (offset any) words that are not known
    GRAPH_KIND_TEMPORARY, // a phi, a call's result
    GRAPH_KIND_FREED,     // what one call of free() is given
    GRAPH_KIND_BEHIND,    // what the function stores in memory that a parameter points to
};

// Why a value flows: what the diagnostics say of a step.
enum graph_why {
    GRAPH_WHY_ASSIGNED,
    GRAPH_WHY_STORED, // through a pointer
    GRAPH_WHY_GLOBAL, // into a global variable
    GRAPH_WHY_RETURNED,
    GRAPH_WHY_PASSED,  // to a callee's parameter that leaks or that is in the same component
    GRAPH_WHY_UNKNOWN, // to a function without a body
    GRAPH_WHY_POINTER, // to a function called by pointer
    GRAPH_WHY_VARARGS,
    GRAPH_WHY_RESULT,  // from a callee's parameter to its result
    GRAPH_WHY_COPIED,  // memcpy and struct assignment
    GRAPH_WHY_CHOSEN,  // phi, select
    GRAPH_WHY_PART,    // between a storage and its fields
    GRAPH_WHY_REACHED, // the content of an object that escapes
    GRAPH_WHY_TOO_LARGE,
    GRAPH_WHY_SIZE,
    GRAPH_WHY_ASM,
    GRAPH_WHY_VOLATILE,
    GRAPH_WHY_IRREDUCIBLE,
    GRAPH_WHY_OTHER, // an instruction that is not followed
};

struct graph_edge {
    uint32_t source, next; // next: index of the destination's next edge, 0 ends
    int8_t derefs;
    uint8_t why;      // enum graph_why
    bool narrow;      // may copy part of a pointer: bytes, or memory whose type is not known
    uint8_t argument; // GRAPH_WHY_PASSED and the like: which one
    LLVMValueRef at;  // the instruction, or NULL
};

struct graph_location {
    uint8_t kind; // enum graph_kind
    bool escapes;
    bool is_queued;
    bool is_known;        // false: may hold values that no edge brings
    bool is_address_used; // STORAGE: its address flows somewhere
    bool is_root;         // walk from it: it may outlive objects of an iteration
    bool is_narrow_reached;
    int8_t derefs;       // of the current walk
    uint32_t function;   // index in the analysis
    uint32_t depth;      // STORAGE: of the loop that makes it
    uint32_t root_depth; // of the loop whose iterations it outlives
    uint32_t first_edge, last_edge;
    uint32_t walk;         // that has reached it last
    uint32_t keeping_edge; // of that walk's path, the edge at the root
    int32_t offset;        // FIELD: in words
    uint32_t owner;        // FIELD: its storage; BEHIND: its parameter; FREED: index of a call
    uint32_t next_field;   // STORAGE, FIELD: list of fields
    uint32_t any_field;    // STORAGE: the field of unknown offset; PARAMETER: what is BEHIND; or 0
    uint32_t site;         // STORAGE: index plus 1 in the analysis
    LLVMValueRef value;    // that it stands for
};

struct graph {
    struct graph_location *locations;
    uint32_t location_count, location_capacity;
    struct graph_edge *edges; // edge 0 is not used
    uint32_t edge_count, edge_capacity;
    bool has_narrow;     // edges
    bool is_walk_narrow; // the current walk follows narrow edges
    uint32_t walk;       // number of the newest
    uint32_t *queue;     // of walks; a ring
    uint32_t queue_capacity;
};

// What a value of LLVM is, in terms of locations: the value of `location` after `derefs`
// dereferences, -1 for its address.
struct graph_flow {
    uint32_t location;
    int32_t offset_bytes; // of an address from the storage's start, or GRAPH_OFFSET_ANY
    int8_t derefs;
    bool narrow;
    bool is_known; // false: may be a pointer that no location stands for
};

// Empties the graph, keeping its memory. A zeroed struct is not ready: call this first.
void graph_clear(struct graph *graph);

void graph_release(struct graph *graph);

// A new location; the caller sets what is not zero. Pointers to locations become invalid.
uint32_t graph_add(struct graph *graph, enum graph_kind kind, uint32_t function,
                   LLVMValueRef value);

// destination <- flow. Marks the storage whose address it is, and a destination that gets what is
// not known. A flow to or from GRAPH_NONE adds no edge.
void graph_connect(struct graph *graph, uint32_t destination, struct graph_flow flow,
                   enum graph_why why, LLVMValueRef at, unsigned argument);

// The flow after one more dereference.
struct graph_flow graph_deref(struct graph_flow flow);

// The field of a storage that holds `size_bytes` at `offset_bytes`: for a store, the field of
// unknown offset when it is more than a word or not known; for a load, then the storage itself,
// which has the content of all fields.
uint32_t graph_field(struct graph *graph, uint32_t storage, int32_t offset_bytes,
                     uint64_t size_bytes, bool is_store);

// The location of what is behind a parameter, made when it is asked for first.
uint32_t graph_behind(struct graph *graph, uint32_t parameter);

static inline struct graph_location *graph_at(struct graph *graph, uint32_t location)
{
    return &graph->locations[location];
}

#endif
