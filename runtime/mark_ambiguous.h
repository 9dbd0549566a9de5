// Which objects live only because some word looks like a pointer to them.
//
// Under STRESS_CHECK_MARK each heap_collect() marks a second time, from what is known to be a
// pointer only: registered ranges, and the pointers of typed objects. What the first mark reached
// and the second does not is held by stacks, registers, what channels and coroutines hold, or words
// of untyped objects: rightly, by a local variable, or in error, by a number. runtime/inspect.h has
// the report; with ESCAPEMENT_GCTRACE it is a line on stderr:
//
//   gc 7: 12 objects, 768 bytes, are held by ambiguous words only; 2 by a stack's, 1 by an untyped
//   object's, the rest by these: 10 node, 2 untyped
#ifndef RUNTIME_MARK_AMBIGUOUS_H
#define RUNTIME_MARK_AMBIGUOUS_H

#include "runtime/heap_internal.h"
#include "runtime/inspect.h"

// Between mark and sweep, with the world stopped since before the mark. The running stack is read
// down to stack_base. The report becomes the one that runtime_ambiguous_read() returns.
void mark_ambiguous_run(struct heap *heap, const void *stack_base);

// Forgets the last report: a run begins.
void mark_ambiguous_reset(void);

// The line, if there has been a report since the last one. The world may run.
void mark_ambiguous_print(void);

#endif
