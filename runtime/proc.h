// A processor: one worker thread's state while runtime_run() is under way.
//
// Everything that one worker owns lives here: the running coroutine, the run queue, the heap cache.
// Code reaches its own through proc_current, which is NULL on threads that run no coroutines. A
// coroutine may go on under another proc after each call that can switch: what was read from
// proc_current before is stale then.
#ifndef RUNTIME_PROC_H
#define RUNTIME_PROC_H

#include "runtime/context.h"
#include "runtime/coroutine_queue.h"
#include "runtime/fibre.h"
#include "runtime/heap_cache.h"
#include "runtime/lock.h"
#include "runtime/stack_charge.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vector_area;

// What others may ask of a proc, see proc_request().
enum {
    PROC_PREEMPT = 1, // let the next coroutine run
    PROC_STOP = 2,    // the world is to stop
};

struct proc {
    void *system_sp;           // the system stack's pointer while a coroutine runs; first
    uint8_t on_system;         // the system stack runs on behalf of `running`
    uint8_t has_guest;         // and code of the program's: it may hold objects there
    _Atomic(uint32_t) request; // PROC_..., taken at the next safepoint
    struct coroutine *running; // NULL while the worker looks for one
    _Atomic(uint64_t) switch_count;

    struct lock queue_lock; // taken only when there are several procs
    struct coroutine_queue queue;

    struct coroutine *finished; // kept with their first stack for the next spawn
    size_t finished_count;
    uint64_t next_id; // of coroutines spawned here, up to end_id
    uint64_t end_id;
    // Summed over the procs: what one spawned may have finished on another one.
    uint64_t spawn_count;
    int64_t kept_stack_count; // stacks of the first size that finished coroutines hold

    unsigned index;
    bool started;   // has a thread
    bool searching; // was woken to look for work
    struct proc *idle_next;
    _Atomic(uint32_t) wake; // futex: 1 when an idle proc is to look for work
    pthread_t thread;
    uintptr_t *limit_slot; // where this thread's prologues read their limit
    uint64_t random;
    _Atomic(bool) in_world;  // counted in world.c
    const char *stopped_sp;  // of the system stack, while it waits for the world to start
    const char *stopped_end; // NULL, or where what a signal has stored ends: it begins there
    pthread_t self;          // the thread; as long as it is in the world
    clockid_t used_clock;    // of the processor time that it uses, and
    uint64_t used_ns;        // what that was, stop_signal.h's
    struct vector_area *vector_areas; // unused ones, see preempt.h
    uint64_t seen_switch_count;       // the monitor's
    struct fibre fibre;
    struct heap_cache heap_cache;
    struct stack_charge_table charges;
} __attribute__((aligned(64)));

extern __thread struct proc *proc_current __attribute__((tls_model("initial-exec")));

// All procs of the run; proc_count of them. Empty outside a run.
extern struct proc *proc_table;
extern unsigned proc_count;
enum { PROC_COUNT_MAX = 1024 };

// Makes `count` procs, the first of which is the calling thread's. Their heap caches are set up by
// the caller. Returns 0 or -ENOMEM.
int proc_table_init(unsigned count);
void proc_table_release(void);

// Makes *proc the calling thread's.
void proc_enter(struct proc *proc);
void proc_leave(void);

// Asks another proc for something, to be done at its next safepoint: its next prologue, switch,
// channel operation or slow path of the heap. Any thread, any stack.
//
// The proc writes its limit at each switch, and then looks at `request`; we write `request` and
// then the limit. Neither waits for its write to become visible (a barrier in every switch would
// triple its cost), so the proc's limit may overwrite ours unnoticed, for as long as the store
// stays in its processor's buffer, some nanoseconds. Therefore who needs an answer asks again until
// there is one.
void proc_request(struct proc *proc, uint32_t what);

// Whether others wait for this thread's proc to come to a safepoint. Who stops the world itself may
// have been asked before, and is not in it.
static inline bool proc_is_to_stop(const struct proc *proc)
{
    return (atomic_load_explicit(&proc->request, memory_order_relaxed) & PROC_STOP) &&
           atomic_load_explicit(&proc->in_world, memory_order_relaxed);
}

// Sets the limit of this thread's prologues, or ~0 when something is asked of it.
static inline void proc_limit_set(const struct proc *proc, uintptr_t limit)
{
    context_limit_set(limit);
    if (__builtin_expect(atomic_load_explicit(&proc->request, memory_order_relaxed) != 0, 0)) {
        context_limit_set(UINTPTR_MAX);
    }
}

// Runs fn(arg) on the system stack. The caller's callee-saved registers are on the coroutine's
// stack before fn starts, where a collection finds them. On the system stack already, it just calls
// fn.
void proc_call_system(void (*fn)(void *), void *arg);

// Visits every range of memory that can hold the only pointer to an object: what
// proc_visit_running() visits, and all other coroutines. Ranges are word-aligned. Call it on the
// system stack with the world stopped.
void proc_visit_roots(void (*visit)(const void *base, size_t size_bytes, void *context),
                      void *context);

// The part of it that belongs to the coroutines that run: the used parts of their stacks with the
// saved registers, and of the system stacks where code of the program's runs on their behalf.
void proc_visit_running(void (*visit)(const void *base, size_t size_bytes, void *context),
                        void *context);

// The part of it that belongs to one coroutine, which does not run: it is parked, or the world is
// stopped. Its stack with the saved registers, a spawn argument, the elements that it sends.
void proc_visit_coroutine(struct coroutine *coroutine,
                          void (*visit)(const void *base, size_t size_bytes, void *context),
                          void *context);

// Halves the stacks of parked coroutines that use less than a quarter of theirs. The collector
// calls it once a collection, on the system stack with the world stopped.
void proc_shrink_stacks(void);

#endif
