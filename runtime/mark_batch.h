// Page-wise marking: objects of one span that were reached at different times are scanned together.
//
// When an object of such a span is marked, not the object but its span goes into a queue, once.
// Until it is taken out, more of its objects are reached; all that are marked and have not been
// scanned are scanned then, in the order of addresses. Memory is so visited a page at a time, and
// the queue holds pages.
//
// Source: the Green Tea collector of Go 1.26 (Knyszek and Clements, golang/go#73581): the two bits
// an object, the queue's order, and the short way for a span of which only one object was reached.
// Different here: pointers that stay inside a span while it is scanned are followed at once.
#ifndef RUNTIME_MARK_BATCH_H
#define RUNTIME_MARK_BATCH_H

#include "runtime/span.h"
#include "runtime/world.h"

#include <stdbool.h>
#include <stdint.h>

// An object of the span has been marked. Returns true when the caller must queue the span.
//
// Whoever marks sets the mark before it reads the state; whoever releases the span writes the state
// before it reads the marks. So one of them sees what the other did.
static inline bool mark_batch_note(struct span *span)
{
    uint8_t state = __atomic_load_n(&span->scan_state, __ATOMIC_SEQ_CST);
    if (!world_is_parallel) {
        span->scan_state = state == SPAN_SCAN_NONE ? SPAN_SCAN_ONE : SPAN_SCAN_MANY;
        return state == SPAN_SCAN_NONE;
    }
    while (state != SPAN_SCAN_MANY) {
        if (__atomic_compare_exchange_n(&span->scan_state, &state, (uint8_t)(state + 1), false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            return state == SPAN_SCAN_NONE;
        }
    }
    return false;
}

// Takes those of `wanted` that nobody has taken before.
static inline uint64_t mark_batch_take(struct span *span, uint32_t word_index, uint64_t wanted)
{
    uint64_t *const scanned = &span->scanned[word_index];
    if (world_is_parallel) {
        return wanted & ~__atomic_fetch_or(scanned, wanted, __ATOMIC_RELAXED);
    }
    const uint64_t before = *scanned;
    *scanned = before | wanted;
    return wanted & ~before;
}

// Takes all objects of a word that are marked and have not been taken.
static inline uint64_t mark_batch_take_word(struct span *span, uint32_t word_index)
{
    const uint64_t wanted = __atomic_load_n(&span->bits[word_index].marked, __ATOMIC_SEQ_CST) &
                            ~__atomic_load_n(&span->scanned[word_index], __ATOMIC_RELAXED);
    return wanted != 0 ? mark_batch_take(span, word_index, wanted) : 0;
}

// The span has come out of a queue. Returns false when one object only was marked since it went in:
// it is nobody's again. Otherwise it is the caller's, that is, nobody queues it, until
// mark_batch_release().
static inline bool mark_batch_keep(struct span *span)
{
    uint8_t state = SPAN_SCAN_ONE;
    if (!world_is_parallel) {
        state = span->scan_state;
        span->scan_state = state == SPAN_SCAN_ONE ? SPAN_SCAN_NONE : SPAN_SCAN_MANY;
        return state != SPAN_SCAN_ONE;
    }
    return !__atomic_compare_exchange_n(&span->scan_state, &state, SPAN_SCAN_NONE, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// From now on who marks an object of the span queues it; those that were marked before may have to
// be taken still.
static inline void mark_batch_release(struct span *span)
{
    if (world_is_parallel) {
        __atomic_store_n(&span->scan_state, SPAN_SCAN_NONE, __ATOMIC_SEQ_CST);
    } else {
        span->scan_state = SPAN_SCAN_NONE;
    }
}

#endif
