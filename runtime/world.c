// A count of the procs that are not at a safepoint, under a lock: entering and leaving happens a
// few times in each sleep of a worker, where a lock costs nothing. Nobody holds it during a system
// call if others may want it: who has to sleep for it is late by tens of microseconds.
//
// Who has been stopped looks for the start without sleeping as long as a good stop takes: a thread
// that sleeps is late by tens of microseconds, and if the next stop came then, it would wait for
// that one.
//
// Stops that follow each other at once would let nobody run: each could begin before the threads
// that the last one had stopped have woken. So a start counts who waits for it, and no stop begins
// before they have all gone on. If the world was stopped for long, as under STRESS_CHECK_MARK, they
// also get some time to run.
#include "runtime/world.h"

#include "base/assert.h"
#include "runtime/clock.h"
#include "runtime/futex.h"
#include "runtime/lock.h"
#include "runtime/proc.h"
#include "runtime/world_internal.h"

enum { START_SPIN_COUNT = 1500 };

// Stops that are shorter take little from others, and a sleep takes longer than these. At most: who
// wants to stop the world may be an allocation.
static const uint64_t REST_NS_MIN = 200 * 1000;
static const uint64_t REST_NS_MAX = 1000 * 1000;

bool world_is_parallel;
uint32_t world_scan_epoch;
void (*world_resume_hook)(struct coroutine *coroutine);
_Atomic(uint32_t) world_detour;
struct gc_histogram world_resuming;

struct world_state world;

// The lock is held. Sleeps, without it, until the world starts, or for no reason.
static void sleep_until_start(void)
{
    const uint32_t start_count = atomic_load(&world.start_count);
    lock_release(&world.lock);
    for (int i = 0; i < START_SPIN_COUNT &&
                    atomic_load_explicit(&world.start_count, memory_order_relaxed) == start_count;
         i++) {
        context_pause();
    }
    atomic_fetch_add(&world.sleeping_count, 1);
    futex_wait(&world.start_count, start_count, 0);
    atomic_fetch_sub(&world.sleeping_count, 1);
    lock_acquire(&world.lock);
}

void world_wake_sleepers(void)
{
    if (atomic_load(&world.sleeping_count) > 0) {
        futex_wake(&world.start_count, INT32_MAX);
    }
}

// The lock is held, the world has started: world_start() has counted us.
static void resumed(void)
{
    if (atomic_fetch_sub(&world.resuming_count, 1) == 1) {
        const uint64_t now_ns = clock_now_ns();
        gc_histogram_add(&world_resuming, now_ns - world.started_ns);
        world.rest_end_ns = world.rest_ns ? now_ns + world.rest_ns : 0;
        if (world.resting_count > 0) {
            futex_wake(&world.resuming_count, INT32_MAX);
        }
    }
}

// The lock is held. Waits, without it, until nobody stops the world.
static void wait_until_started(void)
{
    if (!atomic_load(&world.stopping)) {
        return;
    }
    world.waiting_count++;
    while (atomic_load(&world.stopping)) {
        sleep_until_start();
    }
    resumed();
}

// The lock is held, the world not stopped. Returns false when others have had their turn; otherwise
// waits for that, without the lock.
static bool let_others_run(void)
{
    const uint32_t resuming_count = atomic_load(&world.resuming_count);
    uint64_t left_ns = 0;
    if (resuming_count == 0) {
        if (world.rest_end_ns == 0 || atomic_load(&world.active_count) == 0) {
            return false;
        }
        const uint64_t now_ns = clock_now_ns();
        if (now_ns >= world.rest_end_ns) {
            return false;
        }
        left_ns = world.rest_end_ns - now_ns;
    }
    world.resting_count++;
    lock_release(&world.lock);
    futex_wait(&world.resuming_count, resuming_count, left_ns);
    lock_acquire(&world.lock);
    world.resting_count--;
    return true;
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
    if (atomic_fetch_sub(&world.active_count, 1) > 1) {
        return;
    }
    if (atomic_load(&world.stopper_sleeps)) {
        futex_wake(&world.active_count, 1);
    }
    if (world.resting_count > 0) {
        futex_wake(&world.resuming_count, INT32_MAX);
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
    lock_acquire(&world.lock);
    become_inactive(proc);
    wait_until_started();
    become_active(proc);
    lock_release(&world.lock);
    __asm__ volatile("" : : : "memory");
}

bool world_stop_interrupted(struct proc *proc)
{
    lock_acquire(&world.lock);
    const bool stops = atomic_load(&world.stopping) && world.interrupts;
    if (stops) {
        become_inactive(proc);
        world.waiting_count++;
        while (atomic_load(&world.stopping) && world.interrupts) {
            sleep_until_start();
        }
        if (atomic_load(&world.stopping)) {
            world.waiting_count--;
        } else {
            resumed();
        }
        become_active(proc);
    }
    lock_release(&world.lock);
    return stops;
}

enum { LOCK_SPIN_COUNT = 100 }; // as lock.c

static __attribute__((noinline)) void wait_at_safepoint(struct proc *proc, struct lock *lock)
{
    __builtin_unwind_init();
    proc->stopped_sp = context_stack_pointer();
    world_leave(proc);
    lock_acquire(lock);
    lock_release(lock);
    world_enter(proc);
    __asm__ volatile("" : : : "memory");
}

void world_lock_acquire(struct lock *lock)
{
    struct proc *const proc = proc_current;
    if (!proc || !proc->in_world || !world_is_parallel) {
        lock_acquire(lock);
        return;
    }
    while (!lock_try(lock)) {
        int i = 0;
        while (i < LOCK_SPIN_COUNT && !lock_try(lock)) {
            context_pause();
            i++;
        }
        if (i < LOCK_SPIN_COUNT) {
            return;
        }
        wait_at_safepoint(proc, lock);
    }
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

// Returns false, with the world as it was, when it is not wanted.
static __attribute__((noinline)) bool stop(struct proc *proc, bool (*is_wanted)(void))
{
    // As in stop_here(): another stop may come first.
    __builtin_unwind_init();
    lock_acquire(&world.lock);
    if (proc) {
        proc->stopped_sp = context_stack_pointer();
        become_inactive(proc);
    }
    do {
        wait_until_started();
    } while (let_others_run());
    ASSERT(!atomic_load(&world.stopping));
    if (is_wanted && !is_wanted()) {
        if (proc) {
            become_active(proc);
        }
        lock_release(&world.lock);
        return false;
    }
    atomic_store(&world.stopping, true);
    world.interrupts = true;
    world.times.asked_ns = clock_now_ns();
    lock_release(&world.lock);
    world_ask_until_stopped();
    return true;
}

struct world_times world_stop(void)
{
    stop(proc_current, NULL);
    __asm__ volatile("" : : : "memory");
    return world.times;
}

bool world_stop_if(bool (*is_wanted)(void), struct world_times *times)
{
    const bool stopped = stop(proc_current, is_wanted);
    if (stopped) {
        *times = world.times;
    }
    return stopped;
}

void world_start(void)
{
    struct proc *const proc = proc_current;
    lock_acquire(&world.lock);
    ASSERT(atomic_load(&world.stopping));
    ASSERT(atomic_load(&world.resuming_count) == 0);
    world.started_ns = clock_now_ns();
    const uint64_t stopped_ns = world.started_ns - world.times.stopped_ns;
    world.rest_ns = stopped_ns < REST_NS_MIN   ? 0
                    : stopped_ns < REST_NS_MAX ? stopped_ns
                                               : REST_NS_MAX;
    world.rest_end_ns = 0;
    atomic_store(&world.resuming_count, world.waiting_count);
    world.waiting_count = 0;
    atomic_store(&world.stopping, false);
    if (proc) {
        become_active(proc);
    }
    atomic_fetch_add(&world.start_count, 1);
    lock_release(&world.lock);
    world_wake_sleepers();
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
