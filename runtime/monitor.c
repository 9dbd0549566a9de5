// Each tick compares a proc's count of switches with the tick before: unchanged means that the same
// coroutine has run since, for one tick at least and two at most.
//
// Going to sleep: who makes a coroutine ready looks at scheduler_attention after it has pushed it,
// without a barrier. So the monitor first asks to be woken, then waits one more tick, by when every
// push that did not see that is visible, and only then sleeps.
#include "runtime/monitor.h"

#include "runtime/futex.h"
#include "runtime/lock.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"

static const uint64_t TICK_NS = 10 * 1000 * 1000; // Go's time slice

enum { QUIET_TICKS_MAX = 5 };

static struct {
    struct lock lock; // of starting it
    bool started;
    pthread_t thread;
    _Atomic(uint32_t) word; // futex: changes when it is to wake or end
    _Atomic(bool) ending;
} monitor;

// Whether anybody waits for a proc.
static bool look(void)
{
    bool somebody_waits = false;
    for (unsigned i = 0; i < proc_count; i++) {
        struct proc *const proc = &proc_table[i];
        const uint64_t count = atomic_load_explicit(&proc->switch_count, memory_order_relaxed);
        if (coroutine_queue_count(&proc->queue) > 0) {
            somebody_waits = true;
            if (count == proc->seen_switch_count &&
                __atomic_load_n(&proc->limit_slot, __ATOMIC_ACQUIRE)) {
                proc_request(proc, PROC_PREEMPT);
            }
        }
        proc->seen_switch_count = count;
    }
    return somebody_waits;
}

static void *run(void *unused)
{
    (void)unused;
    int quiet_ticks = 0;
    uint32_t word = atomic_load(&monitor.word);
    while (!atomic_load(&monitor.ending)) {
        quiet_ticks = look() ? 0 : quiet_ticks + 1;
        if (quiet_ticks == QUIET_TICKS_MAX) {
            atomic_fetch_or(&scheduler_attention, SCHEDULER_WAKE_MONITOR);
        }
        const bool sleep = quiet_ticks > QUIET_TICKS_MAX;
        if (!atomic_load(&monitor.ending)) {
            futex_wait(&monitor.word, word, sleep ? 0 : TICK_NS);
        }
        // Read once: a change between two looks would be lost.
        const uint32_t present = atomic_load(&monitor.word);
        if (present != word) {
            word = present;
            quiet_ticks = 0;
        }
    }
    return NULL;
}

void monitor_wake(void)
{
    atomic_fetch_and(&scheduler_attention, ~(uint32_t)SCHEDULER_WAKE_MONITOR);
    lock_acquire(&monitor.lock);
    if (!monitor.started) {
        // Without it nothing is preempted, and everything else works.
        monitor.started = pthread_create(&monitor.thread, NULL, run, NULL) == 0;
    } else {
        atomic_fetch_add(&monitor.word, 1);
        futex_wake(&monitor.word, 1);
    }
    lock_release(&monitor.lock);
}

void monitor_stop(void)
{
    if (!monitor.started) {
        return;
    }
    atomic_store(&monitor.ending, true);
    atomic_fetch_add(&monitor.word, 1);
    futex_wake(&monitor.word, 1);
    pthread_join(monitor.thread, NULL);
    atomic_store(&monitor.ending, false);
    monitor.started = false;
}
