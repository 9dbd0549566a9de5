// Stopping the world: every other proc waits at a safepoint, so that one thread can look at, and
// change, everything.
//
// A proc is at a safepoint when it is idle, or has been stopped in a prologue (__morestack), in the
// scheduler, in coroutine_yield() or a channel operation, where code calls world_poll(): the
// slow paths of the heap, or in the program's own code by a signal (stop_signal.h). Then the
// registers of what it was doing are on its stacks, and it holds no lock.
//
// ---- for a concurrent collector ----
// Coroutines that are not running can be looked at while others run. While a hook is set,
// coroutines are resumed only from the scheduler's loop, which calls the hook for each on its
// system stack before it resumes it. So, with the world stopped: set the hook, scan what runs
// (proc_table[i].running). From then on every other coroutine that existed stays as it is until the
// hook has seen it; a marker and the hook settle through coroutine->scan_state, which belongs to
// the collector, who of them scans it (proc_visit_coroutine). New coroutines have the current
// world_scan_epoch in it and begin with an empty stack: their `arg` is all they hold.
//
// A value that a channel operation copies, perhaps into a parked coroutine's stack, passes the
// write barrier (channel.c, copy()). A parked coroutine's stack
// must not be moved while others run, for such a copy may be on its way; in the hook it may be
// (growth_shrink), since what is about to run is in no channel's queue any more.
#ifndef RUNTIME_WORLD_H
#define RUNTIME_WORLD_H

#include "runtime/gc_histogram.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct coroutine;
struct lock;
struct proc;

// More than one proc may run coroutines: what only they share needs its locks.
extern bool world_is_parallel;

struct world_times {
    uint64_t asked_ns; // when the others were asked to stop: until then they ran
    uint64_t stopped_ns;
};

// Returns when every other proc is at a safepoint. Call it on the system stack, with no lock held.
// Others who call it meanwhile wait, as stopped themselves, until world_start(). A thread that is
// no proc may call it too.
//
// Whoever does this over and over does not keep others from running: before a stop begins, every
// thread that the one before held up has gone on, and if that one was long, has had some time.
struct world_times world_stop(void);
void world_start(void);

// The same, unless another stop has made it needless: is_wanted() is asked when it is our turn,
// with the world running but no stop under way. Returns false, *times untouched, when it said no.
bool world_stop_if(bool (*is_wanted)(void), struct world_times *times);

// How long it took, after a start, until all that had been held up were going on.
extern struct gc_histogram world_resuming;

// A safepoint: when the world is being stopped, waits until it is started again. Call it on the
// system stack with no lock held. Heap pointers may be in registers or on the stack.
void world_poll(void);

// For stop_signal.h's handler: what it has stopped waits here for the world to start. Returns false
// when the world is not being stopped, or has others wait for something that we hold.
bool world_stop_interrupted(struct proc *proc);

// Acquires a lock that may be held for long. Who sleeps until it is free is at a safepoint: it may
// take the system milliseconds to wake a thread, and a stop must not wait for that.
void world_lock_acquire(struct lock *lock);

// The calling proc begins and ceases to count: between world_leave() and world_enter() it touches
// nothing that a stopped world protects. world_enter() waits while the world is stopped.
void world_enter(struct proc *proc);
void world_leave(struct proc *proc);

// Sets or clears (NULL) the hook. The world is stopped.
void world_resume_hook_set(void (*hook)(struct coroutine *coroutine));

// The scan_state of coroutines that need no scanning, because they were made after the collection
// began.
extern uint32_t world_scan_epoch;

// The hook, for the scheduler's loop.
extern void (*world_resume_hook)(struct coroutine *coroutine);

// Not 0: switches do not go straight from one coroutine to the next, but through the scheduler's
// loop.
enum { WORLD_DETOUR_HOOK = 1, WORLD_DETOUR_END = 2 }; // a hook is set; the run is ending
extern _Atomic(uint32_t) world_detour;

#endif
