// A marker: what one processor needs to take part in a collection's mark phase.
//
// The main invariant: an object whose mark bit is set has either been scanned, so that everything
// it points to is marked, or is on a mark stack, or in a span that is queued, or was allocated
// while the marking went on. Several markers may work at the same time, while the program runs.
#ifndef RUNTIME_MARKER_H
#define RUNTIME_MARKER_H

#include "runtime/mark_queue.h"
#include "runtime/mark_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Overwritten pointers that the write barrier keeps until it hands them over: enough for the trip
// to the system stack to cost little, few enough to be marked in some ten microseconds.
enum { MARKER_LOG_COUNT = 256 };

struct marker {
    struct mark_stack stack;
    struct mark_queue queue;
    uint64_t marked_bytes;  // of the objects that it marked in this collection
    uint64_t black_bytes;   // part of it: allocated during the marking
    uint64_t scanned_bytes; // that it read in this collection
    uint64_t visited_bytes; // part of it: at visits to spans
    uint64_t dense_bytes;   // part of that: at dense visits, see mark_choice.h
    uint32_t log_count;
    const void *log[MARKER_LOG_COUNT];
};

// Memory that belongs to nobody in particular, and to a program that runs, is read: no sanitizer
// knows which of it is meant to be.
#define MARKER_READS_RAW __attribute__((no_sanitize("address", "thread", "undefined")))

// Marks the objects that the aligned words of a range point into.
void marker_scan_words(struct marker *marker, const void *base, size_t size_bytes);

// Marks the object that an address lies in, if there is one.
void marker_mark(struct marker *marker, const void *address);

// Scans marked objects until budget_bytes have been read, the world is to stop, or nothing is left
// to take; in the last case returns true. Call it on the system stack.
bool marker_drain(struct marker *marker, size_t budget_bytes);

// Leaves what it has to others, if there are any: to be called when it stops marking.
void marker_rest(struct marker *marker);

// Leaves what it has to others.
void marker_give_all(struct marker *marker);

// Whether it has nothing to scan, and nothing in its log.
bool marker_is_done(const struct marker *marker);

// Adds what a marker has counted to the counts of `sum`, and sets its own to zero. It is done.
void marker_take_counts(struct marker *marker, struct marker *sum);

// Marks what the write barrier has logged.
void marker_flush_log(struct marker *marker);

#endif
