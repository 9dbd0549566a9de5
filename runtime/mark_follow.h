// Lists: marking while there is one object in hand, which leads to one more, and so on.
//
// Nothing can be done ahead then, and nothing by others: what counts is the time from one object to
// the next.
#ifndef RUNTIME_MARK_FOLLOW_H
#define RUNTIME_MARK_FOLLOW_H

#include "runtime/marker.h"

#include <stdbool.h>
#include <stddef.h>

// Whether objects of the span can be followed.
static inline bool mark_follow_can(const struct span *span)
{
    return span->kind == SPAN_TYPED && span_is_batch(span);
}

// Scans a marked object, which the caller has taken and is all that the marker has, and what it
// leads to, until that is not one object that can be followed, or budget_bytes have been read.
// Returns how many were.
size_t mark_follow(struct marker *marker, struct mark_item item, size_t budget_bytes);

#endif
