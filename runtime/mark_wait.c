// `woken` keeps those who mark from waking again and again until the first one is up, which takes
// the system some ten microseconds: it is set by who wakes and cleared by who gets up. Nothing is
// lost by that, since who gets up looks for work and wakes the next when there is more. Who goes to
// sleep clears it as well, before it looks whether it is needed: a wake may have come when nobody
// slept any more, and whoever sets it later also changes the event, which this one has read before.
#include "runtime/mark_wait.h"

#include "runtime/barrier.h"
#include "runtime/futex.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"
#include "runtime/snapshot.h"
#include "runtime/world.h"

static struct {
    _Atomic(uint32_t) sleeper_count;
    _Atomic(uint32_t) event; // futex: changes when sleepers are woken
    _Atomic(bool) woken;     // one of them has not got up yet
} mark_wait;

bool mark_wait_seems_over(void)
{
    struct heap *const heap = &heap_instance;
    return atomic_load(&heap->marker_count) == 0 && atomic_load(&heap->mark_pool.full_count) == 0 &&
           snapshot_is_taken();
}

bool mark_wait_is_needed(void)
{
    // In this order: what comes while it is looked at may make it seem not over, and is seen then.
    return barrier_is_on &&
           (mark_wait_seems_over() || atomic_load(&heap_instance.mark_pool.full_count) > 0 ||
            snapshot_has_more());
}

bool mark_wait_has_sleeper(void)
{
    return (atomic_load_explicit(&mark_wait.sleeper_count, memory_order_relaxed) > 0 &&
            !atomic_load_explicit(&mark_wait.woken, memory_order_relaxed)) ||
           (atomic_load_explicit(&scheduler_attention, memory_order_relaxed) & SCHEDULER_WAKE_PROC);
}

static void wake_sleepers(int count)
{
    atomic_store(&mark_wait.woken, true);
    atomic_fetch_add(&mark_wait.event, 1);
    futex_wake(&mark_wait.event, count);
}

void mark_wait_notice(void)
{
    if (!world_is_parallel || !mark_wait_is_needed()) {
        return;
    }
    if (atomic_load(&mark_wait.sleeper_count) > 0 && !atomic_load(&mark_wait.woken)) {
        wake_sleepers(1);
    } else if (atomic_load(&scheduler_attention) & SCHEDULER_WAKE_PROC) {
        scheduler_attend(NULL);
    }
}

void mark_wait_spin(int pause_count)
{
    struct mark_pool *const pool = &heap_instance.mark_pool;
    atomic_fetch_add(&pool->hungry_count, 1);
    for (int i = 0; i < pause_count && atomic_load(&pool->full_count) == 0; i++) {
        context_pause();
    }
    atomic_fetch_sub(&pool->hungry_count, 1);
}

// noinline: its frame holds the callee-saved registers of whoever sleeps, as in world.c.
__attribute__((noinline)) void mark_wait_sleep(uint64_t timeout_ns)
{
    __builtin_unwind_init();
    struct proc *const proc = proc_current;
    const uint32_t event = atomic_load(&mark_wait.event);
    atomic_fetch_add(&mark_wait.sleeper_count, 1);
    atomic_store(&mark_wait.woken, false);
    // The marking cannot end before world_leave(), and then it changes `event`.
    if (barrier_is_on && !mark_wait_is_needed()) {
        proc->stopped_sp = context_stack_pointer();
        world_leave(proc);
        futex_wait(&mark_wait.event, event, timeout_ns);
        world_enter(proc);
    }
    atomic_fetch_sub(&mark_wait.sleeper_count, 1);
    atomic_store(&mark_wait.woken, false);
    __asm__ volatile("" : : : "memory");
}

void mark_wait_ended(void)
{
    if (atomic_load(&mark_wait.sleeper_count) > 0) {
        wake_sleepers(INT32_MAX);
    }
}
