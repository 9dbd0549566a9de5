// The write barrier's side of marking.
//
// A collection marks what was reachable when it began (and what was allocated since): the snapshot.
// So while it marks, whoever overwrites a pointer in the heap first tells the collector the old
// value. That is all it takes, because no coroutine runs with a stack that has not been scanned:
// see snapshot.h. Source: Taiichi Yuasa, "Real-time garbage collection on general-purpose machines"
// (1990); Go's hybrid barrier is the same with stacks that are scanned later.
#ifndef RUNTIME_BARRIER_H
#define RUNTIME_BARRIER_H

#include "runtime/marker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether pointers that are overwritten must be logged. Changes only while the world is stopped, so
// that it stays as it is between two safepoints.
extern bool barrier_is_on;

// Logs a value that is about to be overwritten. For any stack, a coroutine's included: needs some
// hundred bytes.
void barrier_flush(struct marker *marker);
static inline void barrier_log(struct marker *marker, const void *value)
{
    // What is no address of an object is found out when the log is marked from.
    if (value) {
        marker->log[marker->log_count++] = value;
        if (__builtin_expect(marker->log_count == MARKER_LOG_COUNT, 0)) {
            barrier_flush(marker);
        }
    }
}

// The same for a range, any aligned word of which may be a pointer.
void barrier_log_range(const void *base, size_t size_bytes);

#endif
