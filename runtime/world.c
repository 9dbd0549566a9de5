// A count of the procs that are not at a safepoint, under a lock: entering and leaving happens a
// few times in each sleep of a worker, where a lock costs nothing.
//
// A stop that was asked for is asked for again until the count is zero, see proc_request(): at
// first without a pause, because a running proc answers within a microsecond, then with longer and
// longer sleeps, because one that does not may wait for our processor.
#include "runtime/world.h"

#include "base/assert.h"
#include "runtime/futex.h"
#include "runtime/lock.h"
#include "runtime/proc.h"

enum { ASK_SPIN_COUNT = 200 };
static const uint64_t ASK_NS_FIRST = 20 * 1000;
static const uint64_t ASK_NS_MAX = 1000 * 1000;

bool world_is_parallel;
uint32_t world_scan_epoch;
void (*world_resume_hook)(struct coroutine *coroutine);
_Atomic(uint32_t) world_detour;

static struct {
    struct lock lock;
    _Atomic(bool) stopping;         // or stopped
    _Atomic(uint32_t) active_count; // procs not at a safepoint, the stopper left out
    _Atomic(uint32_t) start_count;  // futex: changes when the world starts again
} world;

// The lock is held. Waits, without it, until nobody stops the world.
static void wait_until_started(void)
{
    while (atomic_load(&world.stopping)) {
        const uint32_t start_count = atomic_load(&world.start_count);
        lock_release(&world.lock);
        futex_wait(&world.start_count, start_count, 0);
        lock_acquire(&world.lock);
    }
}

// The lock is held.
static void become_active(struct proc *proc)
{
    ASSERT(!proc->in_world);
    proc->in_world = true;
    atomic_fetch_add(&world.active_count, 1);
}

static void become_inactive(struct proc *proc)
{
    ASSERT(proc->in_world);
    proc->in_world = false;
    if (atomic_fetch_sub(&world.active_count, 1) == 1 && atomic_load(&world.stopping)) {
        futex_wake(&world.active_count, 1);
    }
}

void world_enter(struct proc *proc)
{
    lock_acquire(&world.lock);
    wait_until_started();
    become_active(proc);
    lock_release(&world.lock);
}

void world_leave(struct proc *proc)
{
    lock_acquire(&world.lock);
    become_inactive(proc);
    lock_release(&world.lock);
}

// Its frame holds the callee-saved registers of whoever stopped, and is the end of what a
// collection reads of this system stack.
static __attribute__((noinline)) void stop_here(struct proc *proc)
{
    __builtin_unwind_init();
    proc->stopped_sp = context_stack_pointer();
    world_leave(proc);
    world_enter(proc);
    __asm__ volatile("" : : : "memory");
}

void world_poll(void)
{
    struct proc *const proc = proc_current;
    if (!proc) {
        return;
    }
    // What was asked is answered here. If a stop begins right now, it will be asked for again.
    if (atomic_load_explicit(&proc->request, memory_order_relaxed) & PROC_STOP) {
        atomic_fetch_and(&proc->request, ~(uint32_t)PROC_STOP);
    }
    // Who stopped the world is not in it.
    if (__builtin_expect(atomic_load(&world.stopping), 0) && proc->in_world) {
        stop_here(proc);
    }
}

// Asks everybody who has not stopped yet.
static void ask(void)
{
    lock_acquire(&world.lock);
    for (unsigned i = 0; i < proc_count; i++) {
        struct proc *const proc = &proc_table[i];
        if (proc->in_world) {
            proc_request(proc, PROC_STOP);
        }
    }
    lock_release(&world.lock);
}

static __attribute__((noinline)) void stop(struct proc *proc)
{
    // As in stop_here(): another stop may come first.
    __builtin_unwind_init();
    lock_acquire(&world.lock);
    if (proc) {
        proc->stopped_sp = context_stack_pointer();
        become_inactive(proc);
    }
    wait_until_started();
    atomic_store(&world.stopping, true);
    lock_release(&world.lock);
    uint64_t wait_ns = ASK_NS_FIRST;
    for (int round = 0; atomic_load(&world.active_count) != 0; round++) {
        ask();
        if (round < ASK_SPIN_COUNT) {
            context_pause();
            continue;
        }
        const uint32_t active_count = atomic_load(&world.active_count);
        if (active_count != 0) {
            futex_wait(&world.active_count, active_count, wait_ns);
            wait_ns = wait_ns < ASK_NS_MAX ? wait_ns * 2 : wait_ns;
        }
    }
}

void world_stop(void)
{
    stop(proc_current);
    __asm__ volatile("" : : : "memory");
}

void world_start(void)
{
    struct proc *const proc = proc_current;
    lock_acquire(&world.lock);
    ASSERT(atomic_load(&world.stopping));
    atomic_store(&world.stopping, false);
    if (proc) {
        become_active(proc);
    }
    atomic_fetch_add(&world.start_count, 1);
    lock_release(&world.lock);
    futex_wake(&world.start_count, INT32_MAX);
}

void world_resume_hook_set(void (*hook)(struct coroutine *coroutine))
{
    world_resume_hook = hook;
    if (hook) {
        atomic_fetch_or(&world_detour, WORLD_DETOUR_HOOK);
    } else {
        atomic_fetch_and(&world_detour, ~(uint32_t)WORLD_DETOUR_HOOK);
    }
}
