// What tests and the harness may ask about an address.
#ifndef RUNTIME_INSPECT_H
#define RUNTIME_INSPECT_H

#include <stdint.h>

enum address_class {
    ADDRESS_STACK, // of the running coroutine
    ADDRESS_HEAP,  // the collected heap
    ADDRESS_OTHER, // globals, malloc, other stacks
};

enum address_class runtime_address_class(const void *address);

// The completed collections, as in struct runtime_stats: one load, for use beside timed code.
uint64_t runtime_gc_count(void);

#endif
