// Who finds nothing to mark while others are at work, and how it learns that it is needed again.
//
// Waiting begins with some looking around, during which who marks sees that its work is wanted
// (mark_wait_spin), and goes on as a sleep: a list can be marked by one processor only, and the
// others are not to burn theirs meanwhile. An idle processor sleeps as it does without a collection
// (scheduler.c, sleep_idle); who has a coroutine to go on with, that is, an allocation or
// heap_collect(), sleeps here.
//
// That nobody sleeps while it is needed: who goes to sleep registers, then looks whether it is
// needed; who stops marking, or shares work, changes what that depends on, then looks whether
// somebody sleeps. Sequentially consistent all of them, so one of the two sees the other. The last
// that stops marking always finds that somebody is needed: to take what is in the pool, or to end
// the collection.
#ifndef RUNTIME_MARK_WAIT_H
#define RUNTIME_MARK_WAIT_H

#include <stdbool.h>
#include <stdint.h>

// Nobody marks, and there is nothing left to take: with the world stopped it can be made sure that
// the marking is complete.
bool mark_wait_seems_over(void);

// A marking is under way, and there is something to take, or it seems over.
bool mark_wait_is_needed(void);

// Whether somebody sleeps that could be woken to mark. Without a barrier: for who asks again.
bool mark_wait_has_sleeper(void);

// Wakes one that sleeps, if somebody is needed. To be called by who stops marking and goes on with
// something else. The world runs; on the system stack, with no lock held.
void mark_wait_notice(void);

// Looks for work for pause_count pauses of the processor at most, while others see that.
void mark_wait_spin(int pause_count);

// Sleeps until somebody is needed or the marking ends, but no longer than timeout_ns (0: no limit).
// A safepoint; may return early. On the system stack, by a proc that runs a coroutine.
void mark_wait_sleep(uint64_t timeout_ns);

// The marking has ended, and the world runs: wakes all that wait for it in mark_wait_sleep().
void mark_wait_ended(void);

#endif
