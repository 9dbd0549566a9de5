// The scheduler: procs take coroutines from their own run queue, then from each other's, then
// sleep.
//
// runtime_run() begins it with scheduler_init(), runs scheduler_run() on its own thread and ends
// with scheduler_release(). Threads of further procs are started when there is work for them.
#ifndef RUNTIME_SCHEDULER_H
#define RUNTIME_SCHEDULER_H

#include "runtime/proc.h"
#include "runtime/world.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// What who makes a coroutine ready must see to: one word, so that the common case is one test.
enum {
    SCHEDULER_WAKE_PROC = 1,    // a proc is idle and none looks for work
    SCHEDULER_WAKE_MONITOR = 2, // it sleeps
};
extern _Atomic(uint32_t) scheduler_attention;

// proc_table is set up.
void scheduler_init(void);

// Runs coroutines on the calling thread as procs[0] until the first one has finished, and the other
// threads have ended.
void scheduler_run(void);
void scheduler_release(void);

// The first coroutine has finished: all procs are to return from their loops.
void scheduler_end(void);

// To be called with a coroutine in the queue, no lock held, not between putting the running
// coroutine into a queue and leaving it.
void scheduler_attend(void *unused);
static inline void scheduler_notice(void)
{
    if (__builtin_expect(atomic_load(&scheduler_attention) != 0, 0)) {
        proc_call_system(scheduler_attend, NULL);
    }
}

// A proc's queue. Only its proc pushes and pops; others steal.
static inline void scheduler_push(struct proc *proc, struct coroutine *coroutine)
{
    if (!world_is_parallel) {
        coroutine_queue_push(&proc->queue, coroutine);
        return;
    }
    lock_acquire(&proc->queue_lock);
    coroutine_queue_push(&proc->queue, coroutine);
    lock_release(&proc->queue_lock);
}

// Gives back what was popped.
static inline void scheduler_push_first(struct proc *proc, struct coroutine *coroutine)
{
    lock_acquire(&proc->queue_lock);
    coroutine_queue_push_first(&proc->queue, coroutine);
    lock_release(&proc->queue_lock);
}

static inline struct coroutine *scheduler_pop(struct proc *proc)
{
    if (!world_is_parallel) {
        return coroutine_queue_pop(&proc->queue);
    }
    if (coroutine_queue_count(&proc->queue) == 0) {
        return NULL;
    }
    lock_acquire(&proc->queue_lock);
    struct coroutine *const coroutine = coroutine_queue_pop(&proc->queue);
    lock_release(&proc->queue_lock);
    return coroutine;
}

// Waits until a coroutine taken from a queue has left its stack, makes it the running one and
// returns where it stopped. What follows is the switch to it.
void *scheduler_wait_sp(struct coroutine *coroutine);
static inline void *scheduler_resume(struct proc *proc, struct coroutine *coroutine)
{
    void *sp = __atomic_load_n(&coroutine->sp, __ATOMIC_ACQUIRE);
    if (__builtin_expect(!sp, 0)) {
        sp = scheduler_wait_sp(coroutine);
    }
    __atomic_store_n(&coroutine->sp, NULL, __ATOMIC_RELAXED);
    proc->running = coroutine;
    proc_limit_set(proc, coroutine->stack_limit);
    return sp;
}

#endif
