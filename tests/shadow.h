// A shadow, in malloc memory, of a graph of heap objects that several coroutines change at once.
//
// Every object belongs to the mutator ("owner") that made it. Only its owner changes or follows its
// pointers, others just hold it; so mutators need no lock, and yet objects of all of them point to
// each other. Every word of an object is a pointer that the shadow knows, or a hash of its id and
// place: nothing that the collector might do to it goes unnoticed.
//
// What is reachable is known exactly when no mutator runs: shadow_compare().
#ifndef TESTS_SHADOW_H
#define TESTS_SHADOW_H

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

// A reference to an object, as it lies in stacks, in channels and in objects. The pointer may be to
// any byte of it. Zeroed: to nothing.
struct shadow_ref {
    char *pointer;
    uint64_t id;
};

enum { SHADOW_ROOT_COUNT = 12 }; // of each owner

// Room for objects_each objects of every owner. Outside runtime_run().
void shadow_init(unsigned owner_count, uint32_t objects_each);
void shadow_release(void);

// Learns from the runtime's counters how sizes are rounded: in a run, while nobody else allocates.
// What it allocated is garbage when the calling coroutine has finished.
void shadow_begin(void);

// Makes the object that holds the owner's roots. The caller keeps it alive, from a place where the
// collector comes early or late. In a run, before the owner does anything.
void *shadow_make_roots(unsigned owner);

// A new object, with its words filled in; to nothing when the owner has no room left.
struct shadow_ref shadow_create(unsigned owner, struct rng *rng);

// Follows random pointers, through objects of the owner only, and checks what it passes.
struct shadow_ref shadow_walk(unsigned owner, struct shadow_ref from, struct rng *rng);

// Stores `value` into a random pointer word of an object of the owner; false when `holder` is not
// the owner's or has no such word.
bool shadow_link(unsigned owner, struct shadow_ref holder, struct shadow_ref value,
                 struct rng *rng);

// Moves a random pointer of `from` to a random place of `to`, which may be the same object; both as
// `holder` above. What was there before is gone.
bool shadow_move(unsigned owner, struct shadow_ref from, struct shadow_ref to, struct rng *rng);

struct shadow_ref shadow_root(unsigned owner, uint32_t index);
void shadow_root_set(unsigned owner, uint32_t index, struct shadow_ref ref);

// The reference leaves for, and has come out of, a channel or another coroutine.
void shadow_sent(struct shadow_ref ref);
void shadow_received(struct shadow_ref ref);

// Checks that the reference points into its object, and the object's first word.
void shadow_verify(struct shadow_ref ref);

struct shadow_totals {
    uint64_t created_count; // objects so far
    uint64_t created_bytes; // rounded up, as the runtime counts
    uint64_t live_count;    // objects reachable from roots and from what was sent
    uint64_t live_bytes;
    uint64_t wrong_count; // words that were not as expected, so far
};

// Compares all that is reachable word by word and forgets the rest. Nobody changes the graph.
struct shadow_totals shadow_compare(void);

#endif
