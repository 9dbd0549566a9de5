// The garbage-collected heap: allocation, stores, roots.
//
// Objects are found from coroutine stacks and saved registers (any word that points into an object
// keeps it alive, interior pointers included), from ranges registered with heap_root_add(), from
// channel buffers, and from other heap objects by their type's pointer map. A pointer one past the
// end of an object does not keep it alive.
//
// Call these inside runtime_run() only, heap_root_add() excepted. The whole heap is given back to
// the system when runtime_run() returns: no heap pointer is valid after it.
#ifndef RUNTIME_HEAP_H
#define RUNTIME_HEAP_H

#include <stddef.h>
#include <stdint.h>

// Describes an object to the collector. The struct and its pointer map must stay constant for as
// long as an object of the type lives.
struct heap_type {
    const char *name;              // for diagnostics
    size_t size_bytes;             // of one object (or one array element)
    const uint64_t *pointer_words; // bit i of word i / 64: the object's word i holds a pointer;
                                   // NULL: no pointers
};

// Allocate zeroed memory; never NULL: exhausted memory is a fatal error ("out of memory").
// A size of 0 gives a valid, distinct object of the smallest size.
// Alignment: 16 bytes when the (element) size is a multiple of 16 or the memory is untyped and of
// 16 bytes or more; else 8.
void *heap_new(const struct heap_type *type);
void *heap_new_array(const struct heap_type *type,
                     size_t count);             // count * size_bytes that overflows is fatal
void *heap_new_bytes(size_t size_bytes);        // holds no pointers
void *heap_new_conservative(size_t size_bytes); // any aligned word may be a pointer

// *(void **)slot = value, with the write barrier. Required for every pointer stored into a heap
// object; serves root slots and NULL as well.
void heap_store(void *slot, const void *value);

// Registers [base, base + size_bytes) as roots: any aligned word in it may be a pointer. A range
// registered outside runtime_run() stays registered; one registered inside it is forgotten when
// that run returns. Registering the same range again changes nothing.
void heap_root_add(void *base, size_t size_bytes);

// Runs a full collection and returns when it is complete, unreachable objects freed.
void heap_collect(void);

#include "runtime/heap_inline.h"

#endif
