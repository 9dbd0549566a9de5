// STRESS_CHECK_MARK: proves that a mark missed nothing.
#ifndef RUNTIME_MARK_CHECK_H
#define RUNTIME_MARK_CHECK_H

#include "runtime/heap_internal.h"

// Fatal error ("STRESS_CHECK_MARK: lost object ...") when a registered root or a marked object
// points to an object that is not marked. Call it between mark and sweep, with the world stopped.
//
// Stacks are checked as well when stack_base is not NULL: the running stack is read down to there.
// That is right only if nobody has run since the marking began. Later, words that earlier calls
// left in a stack's unused parts may lie in its used part again, and point to objects that had been
// dead when the marking began.
void mark_check_run(struct heap *heap, const void *stack_base);

#endif
