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

#endif
