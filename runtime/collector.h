// The collector: frees every object that no root reaches.
//
// The main invariant of its mark phase: an object whose mark bit is set has either been scanned, so
// that everything it points to is marked, or is on the mark stack. When the stack is empty and
// every root has been visited, all that is reachable is marked.
#ifndef RUNTIME_COLLECTOR_H
#define RUNTIME_COLLECTOR_H

#include "runtime/heap_internal.h"

#include <stdint.h>

// Runs a full collection of heap_instance and updates its counters and its trigger. Call it on the
// system stack, as argument of proc_call_system(); unused is not looked at.
void collector_run(void *unused);

// The same, unless another one has been completed since the count of collections was this.
void collector_run_unless_since(uint64_t seen_gc_count);

// The bytes that may be allocated between the last mark and the next collection.
uint64_t collector_trigger_bytes(const struct heap *heap);

#endif
