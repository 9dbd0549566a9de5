// A line a collection on stderr, with ESCAPEMENT_GCTRACE=1 or 2 in the environment:
//
//   gc 7 @0.412s 6%: 0.012+3.1+0.024 ms, 2.9 of 3.4 ms by allocations, 64->66->31 MiB, goal 64 MiB,
//   512 faults, by spans
//
// The collection's number and when it ended; the share of the processors' time since the run began
// that marking took; the pause to begin (asked for, copying roots), the marking beside the program,
// and the last pause; the part of the marking's processor time that allocations did; the heap's
// objects when it began, when it ended, and those that were found alive; the size that it was to
// end before; the page faults of the whole process since the line before; and whether small objects
// were marked by spans or one by one (mark_choice.h).
#ifndef RUNTIME_GC_TRACE_H
#define RUNTIME_GC_TRACE_H

#include "runtime/gc_histogram.h"
#include "runtime/world.h"

#include <stdbool.h>
#include <stdint.h>

struct gc_trace {
    bool is_on;
    bool times_allocations; // for runtime_gc_profile_read()
    struct gc_histogram pauses;
    struct gc_histogram stopping;
    struct gc_histogram stopped;
    struct gc_histogram allocations;

    // Of the collection that is under way, or was the last.
    uint64_t run_begin_ns;
    uint64_t begin_ns; // when the world went on
    uint64_t begin_pause_ns;
    uint64_t begin_bytes;   // of objects
    uint64_t begin_mark_ns; // the heap's counters then
    uint64_t begin_assist_ns;
    uint64_t goal_bytes;
    uint64_t end_bytes; // of objects, before the dead ones were found
    bool by_spans;      // how it marked small objects

    uint64_t fault_count; // of the process, when the last line was printed
};

// Reads the environment.
void gc_trace_init(struct gc_trace *trace);

struct heap;

// With the world stopped: a collection begins, and ends.
void gc_trace_begin(struct heap *heap);
void gc_trace_end(struct heap *heap);

// Counts a pause, with the world still stopped. end_ns: the time now.
void gc_trace_pause(struct heap *heap, struct world_times times, uint64_t end_ns);

// The collection's line, once the world goes on. end_pause_ns is its last pause.
void gc_trace_print(struct heap *heap, uint64_t end_pause_ns);

#endif
