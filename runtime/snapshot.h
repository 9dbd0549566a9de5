// What a collection begins with: the roots at the moment it starts.
//
// Registered ranges, the stacks of the coroutines that run and the system stacks on which code of
// the program's runs on their behalf are copied while the world is stopped, and scanned after:
// copying is a tenth of the work.
// The stacks of all other coroutines stay as they are until they run again; each is scanned by a
// marker or, before it runs, by the processor that resumes it (world.h's hook), whoever comes
// first.
#ifndef RUNTIME_SNAPSHOT_H
#define RUNTIME_SNAPSHOT_H

#include "runtime/marker.h"

#include <stdbool.h>
#include <stddef.h>

// Before the world is stopped: sees to room for the copies and for what they lead to.
void snapshot_prepare(void);

// With the world stopped. The running stack is read down to stack_base only. What there was no room
// for is scanned at once.
void snapshot_take(struct marker *marker, const char *stack_base);

// Scans the next part. False: all has been taken; others may still be at work on it.
bool snapshot_scan_some(struct marker *marker);

// Whether something is left to take.
bool snapshot_has_more(void);

// Nothing is left to take, and no stack is being scanned.
bool snapshot_is_taken(void);

// The marking is complete, the world is stopped. Returns how many coroutines there were that did
// not run at the beginning.
size_t snapshot_end(void);

// Gives memory back. The world may be gone.
void snapshot_release(void);

#endif
