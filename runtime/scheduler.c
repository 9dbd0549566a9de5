// A proc without work registers as idle, looks at all queues once more, and sleeps. Who makes a
// coroutine ready wakes one idle proc, unless one is looking for work already; that one, when it
// finds some and more is left anywhere, wakes the next. So a burst of work wakes procs one after
// another, and a lone coroutine that wakes another and then waits wakes nobody in vain more than
// once.
//
// A proc with nothing to run helps a collection; whether it is needed for that (mark_wait.h) is
// looked at where the queues are.
//
// That nobody sleeps through work: who pushes a coroutine first pushes, then looks for idle procs;
// who goes idle first registers, then looks into the queues. Both steps are separated by a full
// barrier (an atomic exchange) on each side, so at least one of the two sees the other.
//
// All procs idle, and the queues empty: only a coroutine can make another one ready, so it is a
// deadlock. Procs whose thread has not been started yet count as idle.
//
// Source of the idea: Dmitry Vyukov, "Scalable Go Scheduler Design Doc" (2012).
#include "runtime/scheduler.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/collector.h"
#include "runtime/coroutine_pool.h"
#include "runtime/fatal.h"
#include "runtime/futex.h"
#include "runtime/mark_wait.h"
#include "runtime/monitor.h"
#include "runtime/world.h"

#include <sched.h>

enum {
    // A woken proc looks around this often, about 20 µs, before it sleeps again: waking it costs a
    // few microseconds, and work often comes in bursts.
    SEARCH_COUNT = 64,
    SEARCH_PAUSE_COUNT = 8,
    SP_SPIN_COUNT = 200,
};
static const uint64_t END_ASK_NS = 200 * 1000;

_Atomic(uint32_t) scheduler_attention;

static struct {
    struct lock idle_lock;
    struct proc *idle; // linked by idle_next
    unsigned idle_count;
    bool searching;                 // one that was woken has not found anything yet
    bool threads_refused;           // by the system: those that there are must do
    _Atomic(bool) ending;           // the first coroutine has finished
    _Atomic(uint32_t) thread_count; // futex: threads in loop()
} scheduler;

// The idle proc to be woken next, or NULL. The idle lock is held.
static struct proc *next_idle(void)
{
    struct proc *proc = scheduler.idle;
    while (proc && !proc->started && scheduler.threads_refused) {
        proc = proc->idle_next;
    }
    return proc;
}

// The idle lock is held.
static void update_attention(void)
{
    if (!scheduler.searching && next_idle()) {
        atomic_fetch_or(&scheduler_attention, SCHEDULER_WAKE_PROC);
    } else {
        atomic_fetch_and(&scheduler_attention, ~(uint32_t)SCHEDULER_WAKE_PROC);
    }
}

static void push_idle(struct proc *proc)
{
    proc->idle_next = scheduler.idle;
    scheduler.idle = proc;
    scheduler.idle_count++;
}

// Returns whether it was there.
static bool remove_idle(struct proc *proc)
{
    for (struct proc **link = &scheduler.idle; *link; link = &(*link)->idle_next) {
        if (*link == proc) {
            *link = proc->idle_next;
            scheduler.idle_count--;
            return true;
        }
    }
    return false;
}

void scheduler_init(void)
{
    atomic_store(&world_detour, 0);
    atomic_store(&scheduler_attention, SCHEDULER_WAKE_MONITOR);
    atomic_store(&scheduler.ending, false);
    atomic_store(&scheduler.thread_count, 1);
    scheduler.idle = NULL;
    scheduler.idle_count = 0;
    scheduler.searching = false;
    scheduler.threads_refused = false;
    world_is_parallel = proc_count > 1;
    for (unsigned i = proc_count; i-- > 1;) {
        push_idle(&proc_table[i]);
    }
    update_attention();
}

void *scheduler_wait_sp(struct coroutine *coroutine)
{
    void *sp;
    for (int i = 0; !(sp = __atomic_load_n(&coroutine->sp, __ATOMIC_ACQUIRE)); i++) {
        if (i < SP_SPIN_COUNT) {
            context_pause();
        } else {
            // Interrupted between the queue and the switch: it needs a processor.
            sched_yield();
        }
    }
    return sp;
}

static void loop(struct proc *proc);

static void *thread_main(void *arg)
{
    struct proc *const proc = arg;
    proc_enter(proc);
    world_enter(proc);
    loop(proc);
    proc_leave();
    return NULL;
}

// Gives the proc a thread. When the system refuses, it stays idle, as all that have none will.
static void start_thread(struct proc *proc)
{
    atomic_fetch_add(&scheduler.thread_count, 1);
    proc->searching = true;
    if (pthread_create(&proc->thread, NULL, thread_main, proc) != 0) {
        atomic_fetch_sub(&scheduler.thread_count, 1);
        proc->searching = false;
        lock_acquire(&scheduler.idle_lock);
        push_idle(proc);
        scheduler.searching = false;
        scheduler.threads_refused = true;
        update_attention();
        lock_release(&scheduler.idle_lock);
    }
}

static void wake_one(void)
{
    lock_acquire(&scheduler.idle_lock);
    struct proc *const proc = scheduler.searching ? NULL : next_idle();
    if (!proc) {
        lock_release(&scheduler.idle_lock);
        return;
    }
    remove_idle(proc);
    scheduler.searching = true;
    update_attention();
    lock_release(&scheduler.idle_lock);
    if (!proc->started) {
        start_thread(proc);
    } else {
        proc->searching = true;
        atomic_store(&proc->wake, 1);
        futex_wake(&proc->wake, 1);
    }
}

void scheduler_attend(void *unused)
{
    (void)unused;
    const uint32_t attention = atomic_load(&scheduler_attention);
    if (attention & SCHEDULER_WAKE_MONITOR) {
        monitor_wake();
    }
    if (attention & SCHEDULER_WAKE_PROC) {
        wake_one();
    }
}

// Takes half of another proc's queue, the older one. Returns one of them, or NULL.
static struct coroutine *steal_from(struct proc *proc, struct proc *victim)
{
    const size_t seen_count = coroutine_queue_count(&victim->queue);
    if (seen_count == 0 || !lock_try(&victim->queue_lock)) {
        return NULL;
    }
    struct coroutine_queue taken = {0};
    const size_t count = (coroutine_queue_count(&victim->queue) + 1) / 2;
    for (size_t i = 0; i < count; i++) {
        coroutine_queue_push(&taken, coroutine_queue_pop(&victim->queue));
    }
    lock_release(&victim->queue_lock);
    struct coroutine *const first = coroutine_queue_pop(&taken);
    struct coroutine *rest;
    while ((rest = coroutine_queue_pop(&taken))) {
        scheduler_push(proc, rest);
    }
    return first;
}

// Looks at every other queue once, from a random one on.
static struct coroutine *steal(struct proc *proc)
{
    proc->random = proc->random * 6364136223846793005u + 1442695040888963407u;
    const unsigned start = (unsigned)(proc->random >> 33) % proc_count;
    for (unsigned i = 0; i < proc_count; i++) {
        struct proc *const victim = &proc_table[(start + i) % proc_count];
        if (victim == proc) {
            continue;
        }
        struct coroutine *const coroutine = steal_from(proc, victim);
        if (coroutine) {
            return coroutine;
        }
    }
    return NULL;
}

// After a full barrier.
static bool any_queued(void)
{
    for (unsigned i = 0; i < proc_count; i++) {
        if (coroutine_queue_count(&proc_table[i].queue) > 0) {
            return true;
        }
    }
    return false;
}

// This proc, which was woken, has found something or gives up.
static void end_search(struct proc *proc)
{
    proc->searching = false;
    lock_acquire(&scheduler.idle_lock);
    scheduler.searching = false;
    update_attention();
    lock_release(&scheduler.idle_lock);
}

// Sleeps until woken. Returns at once when there may be work after all.
static void sleep_idle(struct proc *proc)
{
    lock_acquire(&scheduler.idle_lock);
    if (proc->searching) {
        proc->searching = false;
        scheduler.searching = false;
    }
    push_idle(proc);
    update_attention(); // the barrier
    const bool all_idle = scheduler.idle_count == proc_count;
    // Those that registered before may just be finding out that there is work: only when the queues
    // are empty while all are registered, which this lock keeps so, can nobody ever run again.
    const bool work = any_queued() || atomic_load(&scheduler.ending) || mark_wait_is_needed();
    if (work) {
        remove_idle(proc);
        update_attention();
    }
    lock_release(&scheduler.idle_lock);
    if (work) {
        return;
    }
    if (all_idle) {
        fatal_deadlock();
    }
    world_leave(proc);
    while (atomic_load(&proc->wake) == 0) {
        futex_wait(&proc->wake, 0, 0);
    }
    atomic_store(&proc->wake, 0);
    world_enter(proc);
}

// There is no coroutine to run: does some of a collection's marking, and wakes the next idle proc
// when there is enough for several. Returns false when there is none to do.
static bool help_collector(struct proc *proc)
{
    if (!barrier_is_on) {
        return false;
    }
    if (proc->searching && mark_wait_is_needed()) {
        end_search(proc);
    }
    if (collector_has_much()) {
        scheduler_notice();
    }
    return collector_help();
}

// The proc has found a coroutine: others may be needed for what there is besides.
static void stop_searching(struct proc *proc)
{
    if (proc->searching) {
        end_search(proc);
    }
    // Who pushed meanwhile has woken nobody, nor has a coroutine that yielded: look everywhere.
    if ((atomic_load(&scheduler_attention) & SCHEDULER_WAKE_PROC) && any_queued()) {
        scheduler_notice();
    }
    if (barrier_is_on) {
        mark_wait_notice();
    }
}

// The next coroutine that can run; NULL when the run is over.
static struct coroutine *find(struct proc *proc)
{
    for (int round = 0;; round++) {
        atomic_exchange(&proc->request, 0);
        if (atomic_load(&scheduler.ending)) {
            mark_wait_notice();
            return NULL;
        }
        world_poll();
        struct coroutine *coroutine = scheduler_pop(proc);
        if (!coroutine && world_is_parallel) {
            coroutine = steal(proc);
        }
        if (coroutine) {
            stop_searching(proc);
            return coroutine;
        }
        if (help_collector(proc)) {
            round = 0;
        } else if (round < SEARCH_COUNT && (proc->searching || barrier_is_on)) {
            mark_wait_spin(SEARCH_PAUSE_COUNT);
        } else {
            sleep_idle(proc);
            round = 0;
        }
    }
}

static void loop(struct proc *proc)
{
    struct coroutine *coroutine;
    while ((coroutine = find(proc))) {
        if (world_resume_hook) {
            world_resume_hook(coroutine);
        }
        void *const sp = scheduler_resume(proc, coroutine);
        fibre_switch(&proc->fibre, &coroutine->fibre);
        context_switch(&proc->system_sp, sp);
    }
    world_leave(proc);
    atomic_fetch_sub(&scheduler.thread_count, 1);
    futex_wake(&scheduler.thread_count, INT32_MAX);
}

void scheduler_run(void)
{
    loop(&proc_table[0]);
    uint32_t thread_count;
    while ((thread_count = atomic_load(&scheduler.thread_count)) != 0) {
        futex_wait(&scheduler.thread_count, thread_count, 0);
    }
}

// The proc that calls this stays until all others have left, and asks again until they have.
void scheduler_end(void)
{
    atomic_store(&scheduler.ending, true);
    atomic_fetch_or(&world_detour, WORLD_DETOUR_END);
    if (!world_is_parallel) {
        return;
    }
    uint32_t thread_count;
    while ((thread_count = atomic_load(&scheduler.thread_count)) > 1) {
        lock_acquire(&scheduler.idle_lock);
        for (struct proc *proc = scheduler.idle; proc; proc = proc->idle_next) {
            atomic_store(&proc->wake, 1);
            futex_wake(&proc->wake, 1);
        }
        lock_release(&scheduler.idle_lock);
        for (unsigned i = 0; i < proc_count; i++) {
            struct proc *const proc = &proc_table[i];
            if (__atomic_load_n(&proc->limit_slot, __ATOMIC_ACQUIRE) && proc != proc_current) {
                proc_request(proc, PROC_PREEMPT);
            }
        }
        futex_wait(&scheduler.thread_count, thread_count, END_ASK_NS);
        world_poll();
    }
}

void scheduler_release(void)
{
    monitor_stop();
    for (unsigned i = 1; i < proc_count; i++) {
        if (proc_table[i].started) {
            pthread_join(proc_table[i].thread, NULL);
        }
    }
    world_is_parallel = false;
}
