// The collector: frees every object that no root reaches.
//
// A collection marks while the program runs, and stops the world twice, for moments: to begin
// (copying roots, see snapshot.h) and to end (finding that nothing is left). In between,
// allocations do their share of the marking (pacer.h), and processors without work do more. What is
// allocated meanwhile is marked from the start; pointers that are overwritten are logged
// (barrier.h).
//
// Whether a marking is under way (barrier_is_on) changes only while the world is stopped: between
// two safepoints it stays as it is.
#ifndef RUNTIME_COLLECTOR_H
#define RUNTIME_COLLECTOR_H

#include "runtime/heap_internal.h"

#include <stdbool.h>
#include <stdint.h>

// All of these run on the system stack, with no lock held, and contain safepoints.

// Runs a full collection, from its beginning to its end and with everything swept. Call it as
// argument of proc_call_system(); unused is not looked at.
void collector_run(void *unused);

// Begins a collection, unless one is under way.
void collector_begin(void);

// An allocation's share of the marking that is under way. size_bytes is what it gets.
void collector_assist(size_t size_bytes);

// For a processor without work: does some of the marking. Returns false when there is none to do.
bool collector_help(void);

// Whether another processor would find something to mark.
bool collector_has_much(void);

#endif
