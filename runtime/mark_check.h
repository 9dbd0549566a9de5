// STRESS_CHECK_MARK: proves that a mark missed nothing.
#ifndef RUNTIME_MARK_CHECK_H
#define RUNTIME_MARK_CHECK_H

#include "runtime/heap_internal.h"

// Fatal error ("STRESS_CHECK_MARK: lost object ...") when a root or a marked object points to an
// object that is not marked. Call it between mark and sweep. stack_base is the frame of the
// function that runs the collection: nothing deeper on that stack is a root.
void mark_check_run(struct heap *heap, const void *stack_base);

#endif
