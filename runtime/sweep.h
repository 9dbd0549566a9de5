// The sweep: what the mark did not reach becomes free.
//
// It is lazy: a collection only declares all spans unswept; they are swept one after another, in
// the order of addresses, by allocations: in proportion to how far it is to the next collection, so
// that nothing is left then that one allocation would have to wait for, and sooner if there is no
// span with free objects. No cache holds an unswept span, and none is on a list.
#ifndef RUNTIME_SWEEP_H
#define RUNTIME_SWEEP_H

#include "runtime/heap_internal.h"

#include <stdbool.h>
#include <stdint.h>

// All spans are to be swept. The marking is complete, the world is stopped, the central lists are
// empty, no cache holds a span.
void sweep_begin(struct heap *heap);

// Sweeps up to span_count spans; returns false when none is left. The marks become the allocation
// bits, spans with free objects go to the central lists, and spans without objects back to the page
// heap. The heap's lock is held.
bool sweep_some(struct heap *heap, uint32_t span_count);

// Sweeps an allocation's share: as large a part of the heap as has been allocated of what may be
// before the next collection. The heap's lock is held.
void sweep_pay(struct heap *heap);

// Sweeps what is left, with the lock released and a safepoint now and then. No lock is held.
void sweep_finish(struct heap *heap);

#endif
