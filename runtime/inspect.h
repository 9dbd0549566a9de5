// What tests and the harness may ask about an address.
#ifndef RUNTIME_INSPECT_H
#define RUNTIME_INSPECT_H

#include <stddef.h>
#include <stdint.h>

enum address_class {
    ADDRESS_STACK, // of the running coroutine
    ADDRESS_HEAP,  // the collected heap
    ADDRESS_OTHER, // globals, malloc, other stacks
};

enum address_class runtime_address_class(const void *address);

// Above the running coroutine's first frame; NULL on any other stack.
const void *runtime_stack_top(void);

// Calls visit() with the used part of every coroutine's stack but the running one's, and with what
// else it holds: roots for a foreign collector. One proc only, or with the world stopped.
void runtime_visit_parked_stacks(void (*visit)(const void *base, size_t size_bytes, void *context),
                                 void *context);

// The completed collections, as in struct runtime_stats: one load, for use beside timed code.
uint64_t runtime_gc_count(void);

// gc_pause_ns_total in the same way: it changes with each stop of the world for a collection.
uint64_t runtime_gc_pause_ns(void);

// Objects that only ambiguous words hold, directly or by way of others: words of stacks, of saved
// registers, of what coroutines and channels hold, of untyped objects. Many are held rightly, by
// local variables; a number that looks like an address holds one in error. Registered ranges and
// the pointers of typed objects are not ambiguous.
enum { RUNTIME_AMBIGUOUS_TYPES = 8, RUNTIME_AMBIGUOUS_NAME_BYTES = 32 };
struct runtime_ambiguous_type {
    char name[RUNTIME_AMBIGUOUS_NAME_BYTES]; // the type's, or "untyped", or "pointer-free"
    uint64_t object_count;
    uint64_t object_bytes;
};
struct runtime_ambiguous {
    uint64_t gc_number; // the collection it is of; 0: there is no report
    uint64_t object_count;
    uint64_t object_bytes;
    uint64_t
        stack_count; // of them: a word of a stack, or what else a coroutine holds, points there
    uint64_t untyped_count; // of the others: a word of an untyped object does
    struct runtime_ambiguous_type types[RUNTIME_AMBIGUOUS_TYPES]; // the most frequent; then zeros
};

// The report of the last heap_collect() under STRESS_CHECK_MARK, which makes one.
void runtime_ambiguous_read(struct runtime_ambiguous *report);

#endif
