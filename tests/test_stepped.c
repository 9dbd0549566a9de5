// Between any two instructions of the runtime something else may happen: here it does, at each in
// turn. A thread runs with the trap flag, and at the n-th instruction of the runtime's the handler
// does what another processor could.
#define _GNU_SOURCE // REG_EFL, gettid
#include "tests/heap_support.h"
#include "tests/stepping.h"

#include "runtime/barrier.h"
#include "runtime/clock.h"
#include "runtime/collector.h"
#include "runtime/coroutine_pool.h"
#include "runtime/fibre.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_wait.h"
#include "runtime/monitor.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"
#include "runtime/snapshot.h"
#include "runtime/world.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__) && !FIBRE_USES_VECTORS

extern const char __start_escapement_text[], __stop_escapement_text[];

enum { STEPS_MAX = 1000 };
static const uint64_t LIMIT_NS = 20 * UINT64_C(1000000000);

static struct {
    void (*meanwhile)(void); // what happens
    bool (*counts)(void);    // whether it has come to where steps are counted
    unsigned step;           // at which instruction
    _Atomic(unsigned) count; // instructions so far
} stepping;

static void trapped(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    greg_t *const registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *const pc = (const char *)registers[REG_RIP];
    if (pc < __start_escapement_text || pc >= __stop_escapement_text || !stepping.counts()) {
        return;
    }
    const unsigned count = atomic_fetch_add(&stepping.count, 1);
    if (count == stepping.step) {
        stepping.meanwhile();
    }
    if (count >= stepping.step) {
        registers[REG_EFL] &= ~TRAP_FLAG;
    }
}

static bool always(void)
{
    return true;
}

static void prepare(unsigned step, void (*meanwhile)(void), bool (*counts)(void))
{
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigaction(SIGTRAP, &action, NULL);
    stepping.meanwhile = meanwhile;
    stepping.counts = counts;
    stepping.step = step;
    atomic_store(&stepping.count, 0);
}

// Whether fn(), which is run once for each step, was over before it.
static bool run_stepped(unsigned step, void (*meanwhile)(void), bool (*counts)(void),
                        void (*fn)(void))
{
    prepare(step, meanwhile, counts);
    set_trap(TRAP_FLAG);
    fn();
    set_trap(0);
    return atomic_load(&stepping.count) <= step;
}

static bool wait_for(_Atomic(unsigned) *count, unsigned value)
{
    const uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (atomic_load(count) < value) {
        if (clock_now_ns() > end_ns) {
            return false;
        }
        sched_yield();
    }
    return true;
}

// ---- whether somebody is needed to mark -------------------------------------------------------

// The coroutine that waits, and whatever the marking that is under way consists of.
static struct {
    struct coroutine *parked;
    uint32_t old_state; // its scan_state before the marking
    _Atomic(unsigned) begun;
    _Atomic(unsigned) ended;
    _Atomic(int) thread_id;
    struct channel *quit;
    struct channel *done;
    bool needed;
} shared;

static void ask(void)
{
    shared.needed = mark_wait_is_needed();
}

static void add_to_pool(void)
{
    atomic_fetch_add(&heap_instance.mark_pool.full_count, 1);
}

static void ask_while_work_comes(void *unused)
{
    (void)unused;
    bool over = false;
    for (unsigned step = 0; !over && step < STEPS_MAX; step++) {
        atomic_store(&heap_instance.mark_pool.full_count, 0);
        over = run_stepped(step, add_to_pool, always, ask);
        CHECK(shared.needed);
    }
    CHECK(over);
    atomic_store(&heap_instance.mark_pool.full_count, 0);
}

// A marking in which nothing is left to do, and nobody ends it: the other processors are kept busy.
static void mark_all(void)
{
    collector_begin();
    struct marker *const marker = &proc_current->heap_cache.marker;
    while (barrier_is_on && (!marker_drain(marker, MIB) || snapshot_scan_some(marker))) {
    }
    marker_rest(marker);
}

static void ask_in_marking(void *unused)
{
    (void)unused;
    mark_all();
    CHECK(mark_wait_seems_over());
    ask_while_work_comes(NULL);
}

// So much that it is not marked with the world stopped.
static struct node *make_list(void)
{
    struct node *first = NULL;
    for (int i = 0; i < 20000; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, first);
        first = node;
    }
    return first;
}

static void ask_beside_a_list(void *unused)
{
    (void)unused;
    heap_collect();
    struct node *const list = make_list();
    proc_call_system(ask_in_marking, NULL);
    CHECK(list->next);
}

TEST(work_that_comes_while_somebody_asks_whether_there_is_some_is_seen)
{
    run_with((struct runtime_config){.procs = 1}, ask_beside_a_list);
}

// ---- a stack that another one scans first -----------------------------------------------------

static void wait_to_quit(void *unused)
{
    (void)unused;
    shared.parked = proc_current->running;
    channel_send(shared.done, NULL);
    channel_receive(shared.quit, NULL);
    channel_send(shared.done, NULL);
}

static void sleep_in_rounds(void *unused)
{
    (void)unused;
    unsigned round = 0;
    atomic_store(&shared.thread_id, gettid());
    while (barrier_is_on) {
        if (atomic_load(&shared.begun) > round) {
            mark_wait_sleep(0);
            atomic_store(&shared.ended, ++round);
        }
        world_poll();
        sched_yield();
    }
}

static void sleeper(void *unused)
{
    (void)unused;
    while (!barrier_is_on) {
        coroutine_yield();
    }
    proc_call_system(sleep_in_rounds, NULL);
    channel_send(shared.done, NULL);
}

// Another processor has claimed and scanned the stack, found nothing left to do, and goes to sleep
// if it is not needed.
static void scan_and_sleep(void)
{
    atomic_store(&shared.parked->scan_state, world_scan_epoch);
    const unsigned round = atomic_fetch_add(&shared.begun, 1) + 1;
    while (atomic_load(&shared.ended) < round &&
           !thread_is_asleep(atomic_load(&shared.thread_id))) {
        sched_yield();
    }
}

static bool is_unclaimed(void)
{
    return atomic_load(&shared.parked->scan_state) == shared.old_state;
}

static void resume(void)
{
    world_resume_hook(shared.parked);
}

static void resume_in_steps(void *unused)
{
    (void)unused;
    mark_all();
    while (atomic_load(&shared.thread_id) == 0) {
        sched_yield();
    }
    bool over = false, in_time = true;
    for (unsigned step = 0; !over && in_time && step < STEPS_MAX; step++) {
        atomic_store(&shared.parked->scan_state, shared.old_state);
        over = run_stepped(step, scan_and_sleep, is_unclaimed, resume);
        in_time = wait_for(&shared.ended, atomic_load(&shared.begun));
    }
    CHECK(over);
    CHECK(in_time);
    mark_wait_ended();
}

static void resume_beside_sleeper(void *unused)
{
    (void)unused;
    heap_root_add(&shared, sizeof shared);
    atomic_store(&shared.begun, 0);
    atomic_store(&shared.ended, 0);
    atomic_store(&shared.thread_id, 0);
    shared.quit = channel_new(0, 0);
    shared.done = channel_new(0, 0);
    struct node *const list = make_list();
    CHECK_EQUAL(coroutine_spawn(wait_to_quit, NULL), 0);
    channel_receive(shared.done, NULL);
    heap_collect();
    shared.old_state = atomic_load(&shared.parked->scan_state);
    CHECK_EQUAL(coroutine_spawn(sleeper, NULL), 0);
    proc_call_system(resume_in_steps, NULL);
    heap_collect();
    channel_receive(shared.done, NULL);
    channel_send(shared.quit, NULL);
    channel_receive(shared.done, NULL);
    CHECK(list->next);
}

TEST(who_sleeps_because_of_a_vain_attempt_to_claim_a_stack_is_woken)
{
    run_with((struct runtime_config){.procs = 2}, resume_beside_sleeper);
}

// ---- leaving a stack --------------------------------------------------------------------------

// As if another processor had run the coroutine, and moved it, as soon as it may.
static struct {
    struct coroutine *coroutine;
    struct stack *stack;
    bool is_gone;
} left;

static void take_stack_away(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    greg_t *const registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const bool runs = stack_contains(left.stack, (const void *)registers[REG_RSP]);
    if (left.is_gone && !runs) {
        mprotect(left.stack->base, left.stack->size_bytes, PROT_READ | PROT_WRITE);
        registers[REG_EFL] &= ~TRAP_FLAG;
    } else if (!left.is_gone && runs && left.coroutine->sp) {
        left.is_gone = mprotect(left.stack->base, left.stack->size_bytes, PROT_NONE) == 0;
    }
}

static void do_nothing(void *unused)
{
    (void)unused;
}

static void leave(void *unused)
{
    (void)unused;
    struct sigaction action = {.sa_sigaction = take_stack_away,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGTRAP, &action, NULL);
    left.coroutine = proc_current->running;
    left.stack = left.coroutine->stack;
    CHECK_EQUAL(coroutine_spawn(do_nothing, NULL), 0);
    set_trap(TRAP_FLAG);
    coroutine_yield();
    set_trap(0);
    _exit(left.is_gone ? 0 : 1);
}

static void run_leave(void *unused)
{
    (void)unused;
    run_with((struct runtime_config){.procs = 1}, leave);
}

TEST(who_may_run_elsewhere_does_not_touch_its_stack_any_more)
{
    int status;
    const char *const said = test_in_child(run_leave, NULL, &status);
    CHECK_EQUAL(status, 0);
    if (status != 0) {
        test_fail(__FILE__, __LINE__, "%s", said);
    }
}

// ---- waking the monitor -----------------------------------------------------------------------

// From when it has asked to be woken until it sleeps without a limit.
enum { MONITOR_STEPS = 64 };

static void begin_steps(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    if (atomic_load(&stepping.count) <= stepping.step) {
        ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
    }
}

static bool wants_to_be_woken(void)
{
    return atomic_load(&scheduler_attention) & SCHEDULER_WAKE_MONITOR;
}

static bool has_begun_to(void)
{
    return atomic_load(&stepping.count) > 0 || wants_to_be_woken();
}

static bool was_stepped(void)
{
    return atomic_load(&stepping.count) > stepping.step;
}

// The only other thread.
static int find_monitor(void)
{
    int thread_id = 0;
    DIR *const folder = opendir("/proc/self/task");
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        const int found = atoi(entry->d_name);
        thread_id = found > 0 && found != gettid() ? found : thread_id;
    }
    if (folder) {
        closedir(folder);
    }
    return thread_id;
}

// Signals end the ticks of the monitor early, but not a sleep without a limit.
static bool tick_until(bool (*condition)(void), int monitor_id)
{
    const uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (!condition()) {
        if (clock_now_ns() > end_ns) {
            return false;
        }
        syscall(SYS_tgkill, getpid(), monitor_id, SIGUSR1);
        usleep(100);
    }
    return true;
}

static void wake_in_steps(void *unused)
{
    (void)unused;
    struct sigaction action = {.sa_sigaction = begin_steps, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    monitor_wake();
    const int monitor_id = find_monitor();
    bool in_time = monitor_id != 0;
    for (unsigned step = 0; in_time && step < MONITOR_STEPS; step++) {
        monitor_wake();
        prepare(step, monitor_wake, has_begun_to);
        in_time = tick_until(was_stepped, monitor_id) && tick_until(wants_to_be_woken, monitor_id);
    }
    CHECK(in_time);
}

static void wake_monitor(void *unused)
{
    coroutine_on_system_stack(wake_in_steps, unused);
}

TEST(a_wake_at_any_instruction_is_not_lost_to_the_monitor)
{
    run_with((struct runtime_config){.procs = 1}, wake_monitor);
}

#endif
