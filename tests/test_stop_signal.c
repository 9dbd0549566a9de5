// Coroutines that are stopped by a signal, between two safepoints: what their registers hold stays
// alive, what they were in the middle of is done once, and what they hold does not end in a
// deadlock. A coroutine that is never stopped fails by the runner's limit.
#define _GNU_SOURCE // REG_RIP, gettid
#include "tests/test.h"

#include "runtime/barrier.h"
#include "runtime/collector.h"
#include "runtime/fibre.h"
#include "runtime/heap_internal.h"
#include "runtime/proc.h"
#include "runtime/runtime.h"
#include "runtime/world_internal.h"
#include "tests/heap_support.h"
#include "tests/stepping.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

extern const char __executable_start[], etext[];
extern const char __start_escapement_text[] __attribute__((weak));
extern const char __stop_escapement_text[] __attribute__((weak));

// Sanitizers, and other architectures, have none of it.
#if defined(__x86_64__) && !FIBRE_USES_VECTORS
#define INTERRUPT_TEST TEST
#else
#define INTERRUPT_TEST(name) __attribute__((unused)) static void name(void)
#endif

struct pair {
    struct pair *next;
    uint64_t value;
};
static const uint64_t next_only = 1;
static const struct heap_type pair_type = {
    .name = "pair", .size_bytes = sizeof(struct pair), .pointer_words = &next_only};

static struct {
    _Atomic(unsigned) stage;
    _Atomic(bool) ended;
    struct channel *done;
    pthread_mutex_t mutex;
    uint64_t sum;
    int error;
    _Atomic(pid_t) thread_id;
} shared;

// The loops here have no call and no branch that grows the stack: no safepoint.
static inline void wait_for_stage(unsigned stage)
{
    while (atomic_load(&shared.stage) < stage) {
    }
}

static void run_procs(unsigned procs, unsigned stress, void (*fn)(void *))
{
    const struct runtime_config config = {
        .procs = procs, .stress = stress, .stack_bytes_min = 64 * KIB};
    atomic_store(&shared.stage, 0);
    atomic_store(&shared.ended, false);
    CHECK_EQUAL(runtime_run(&config, fn, NULL), 0);
}

static void begin(void (*fn)(void *))
{
    heap_root_add(&shared, sizeof shared);
    shared.done = channel_new(0, 0);
    CHECK_EQUAL(coroutine_spawn(fn, NULL), 0);
}

static void yield_until_stage(unsigned stage)
{
    while (atomic_load(&shared.stage) < stage) {
        coroutine_yield();
    }
}

// Garbage of the same size, which takes the place of whatever was freed.
NOINLINE static void fill(void)
{
    for (int i = 0; i < 20000; i++) {
        struct pair *const pair = heap_new(&pair_type);
        pair->value = 1;
    }
}

// ---- registers -----------------------------------------------------------------------------

typedef uint64_t two_words __attribute__((vector_size(16)));

// Two objects that only a general register and half a vector register know of, while others
// collect.
NOINLINE static uint64_t hold_in_registers(struct pair *first, struct pair *second)
{
    two_words both = {0, (uint64_t)(uintptr_t)second};
    uintptr_t one = (uintptr_t)first;
    first = second = NULL;
    __asm__ volatile("" : "+x"(both), "+r"(one) : "r"(first), "r"(second));
    atomic_store(&shared.stage, 1);
    while (atomic_load(&shared.stage) < 2) {
        __asm__ volatile("" : "+x"(both), "+r"(one));
    }
    return ((struct pair *)one)->value + ((struct pair *)both[1])->value;
}

static void hold(void *arg)
{
    (void)arg;
    struct pair *const first = heap_new(&pair_type), *const second = heap_new(&pair_type);
    first->value = 1000;
    second->value = 2000;
    shared.sum = hold_in_registers(first, second);
    channel_send(shared.done, NULL);
}

static void collect_what_registers_hold(void *arg)
{
    (void)arg;
    begin(hold);
    yield_until_stage(1);
    for (int i = 0; i < 3; i++) {
        heap_collect();
        fill();
    }
    atomic_store(&shared.stage, 2);
    channel_receive(shared.done, NULL);
    CHECK_EQUAL(shared.sum, 3000);
}

INTERRUPT_TEST(a_loop_without_calls_is_stopped_and_its_registers_are_roots)
{
    run_procs(2, 0, collect_what_registers_hold);
}

INTERRUPT_TEST(the_same_with_marks_checked)
{
    run_procs(2, STRESS_CHECK_MARK, collect_what_registers_hold);
}

// ---- sequences -----------------------------------------------------------------------------

enum { SLOT_COUNT = 8, STEPPED_COUNT = 250, STOP_EVERY = 8 };

static struct {
    struct sigaction runtimes_own; // the handler of SIGURG
    struct pair **slots;
    struct pair *before[SLOT_COUNT]; // what they were a step ago
    _Atomic(bool) waits;             // for a stop
    uint64_t step_count;
    uint64_t stop_count;
    uint64_t overwrite_count; // while marking
    uint64_t missed_count;    // neither marked nor logged
} stepping;

__attribute__((no_split_stack)) static bool is_kept(const struct pair *pair)
{
    const struct marker *const marker = &proc_current->heap_cache.marker;
    for (uint32_t i = 0; i < marker->log_count; i++) {
        if (marker->log[i] == pair) {
            return true;
        }
    }
    const struct span *const span = page_heap_lookup(&heap_instance.page_heap, pair);
    return span && span_is_marked(span, span_object_index(span, pair));
}

// A pointer that was overwritten while a marking is under way must not be lost to it.
__attribute__((no_split_stack)) static void look_at_slots(void)
{
    for (int i = 0; i < SLOT_COUNT; i++) {
        struct pair *const before = stepping.before[i];
        stepping.before[i] = stepping.slots[i];
        if (before && before != stepping.slots[i] && barrier_is_on) {
            stepping.overwrite_count++;
            stepping.missed_count += !is_kept(before);
        }
    }
}

// A trap after each instruction. At some, as if the signal came there when the world is to stop:
// another coroutine collects all the time.
__attribute__((no_split_stack)) static void trapped(int signal_number, siginfo_t *info,
                                                    void *context)
{
    greg_t *const registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const char *const pc = (const char *)registers[REG_RIP];
    if (pc < __executable_start || pc >= etext ||
        (pc >= __start_escapement_text && pc < __stop_escapement_text)) {
        registers[REG_EFL] &= ~TRAP_FLAG; // not through all of an allocation's marking
        return;
    }
    look_at_slots();
    if ((uint32_t)(++stepping.step_count * 0x9e3779b1u) >> 16 & (STOP_EVERY - 1)) {
        return;
    }
    atomic_store(&stepping.waits, true);
    while (!atomic_load(&world.stopping) && !atomic_load(&shared.ended)) {
        sched_yield();
    }
    atomic_store(&stepping.waits, false);
    stepping.runtimes_own.sa_sigaction(signal_number, info, context);
    stepping.stop_count++;
}

// Each object must be new, and zeroed, and what it holds must stay.
NOINLINE static uint64_t allocate_and_store(struct pair **slots)
{
    uint64_t wrong_count = 0;
    for (uint64_t i = 0; i < STEPPED_COUNT; i++) {
        set_trap(TRAP_FLAG);
        struct pair *const pair = heap_new(&pair_type);
        struct pair *const before = slots[i % SLOT_COUNT];
        wrong_count += pair->value != 0 || pair->next != NULL;
        wrong_count += i >= SLOT_COUNT && before->value != i - SLOT_COUNT + 1;
        pair->value = i + 1;
        set_trap(TRAP_FLAG);
        heap_store(&slots[i % SLOT_COUNT], pair);
    }
    return wrong_count;
}

static void step(void *arg)
{
    (void)arg;
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGURG, NULL, &stepping.runtimes_own);
    struct pair **const slots = heap_new_conservative(SLOT_COUNT * sizeof(struct pair *));
    stepping.slots = slots;
    atomic_store(&shared.stage, 1);
    const uint64_t wrong_count = allocate_and_store(slots);
    set_trap(0);
    atomic_store(&shared.ended, true);
    shared.sum = wrong_count;
    channel_send(shared.done, NULL);
}

// So much that the marking goes on when the world runs again.
NOINLINE static struct pair *make_list(void)
{
    struct pair *first = NULL;
    for (int i = 0; i < 20000; i++) {
        struct pair *const pair = heap_new(&pair_type);
        heap_store(&pair->next, first);
        first = pair;
    }
    return first;
}

// Nothing is marked before heap_collect().
static void begin_marking(void *unused)
{
    (void)unused;
    collector_begin();
}

static void collect_beside_steps(void *arg)
{
    (void)arg;
    struct pair *const list = make_list();
    begin(step);
    yield_until_stage(1);
    while (!atomic_load(&shared.ended)) {
        proc_call_system(begin_marking, NULL);
        while (!atomic_load(&stepping.waits) && !atomic_load(&shared.ended)) {
        }
        heap_collect();
    }
    channel_receive(shared.done, NULL);
    CHECK_EQUAL(shared.sum, 0);
    CHECK(list->next);
    CHECK(stepping.stop_count > STEPPED_COUNT);
    CHECK(stepping.overwrite_count > 0);
    CHECK_EQUAL(stepping.missed_count, 0);
}

INTERRUPT_TEST(a_stop_at_any_instruction_leaves_allocations_and_stores_whole)
{
    run_procs(2, 0, collect_beside_steps);
}

// ---- what the stopped hold -----------------------------------------------------------------

static void lock_mutex(void *arg)
{
    pthread_mutex_lock(arg);
}

static void compute_with_mutex(void *arg)
{
    (void)arg;
    coroutine_on_system_stack(lock_mutex, &shared.mutex);
    atomic_store(&shared.stage, 1);
    wait_for_stage(2);
    for (volatile unsigned i = 0; i < 100 * 1000 * 1000; i++) {
    }
    pthread_mutex_unlock(&shared.mutex);
    channel_send(shared.done, NULL);
}

static void want_mutex(void *arg)
{
    (void)arg;
    wait_for_stage(1);
    atomic_store(&shared.stage, 2);
    coroutine_on_system_stack(lock_mutex, &shared.mutex);
    pthread_mutex_unlock(&shared.mutex);
    channel_send(shared.done, NULL);
}

// The one that computes is stopped with the mutex, the other one sleeps for it and so does not
// stop.
static void collect_beside_mutex(void *arg)
{
    (void)arg;
    begin(compute_with_mutex);
    CHECK_EQUAL(coroutine_spawn(want_mutex, NULL), 0);
    yield_until_stage(2);
    heap_collect();
    channel_receive(shared.done, NULL);
    channel_receive(shared.done, NULL);
}

INTERRUPT_TEST(who_holds_a_mutex_goes_on_when_another_sleeps_for_it)
{
    pthread_mutex_init(&shared.mutex, NULL);
    run_procs(3, 0, collect_beside_mutex);
}

// ---- turns ---------------------------------------------------------------------------------

enum { TURN_COUNT = 200, TURN_DELAY_PAUSES = 200, LOOK_PAUSES = 2000 };

static volatile uint64_t counted;

static void count(void *arg)
{
    (void)arg;
    while (!atomic_load(&shared.ended)) {
        counted++;
    }
    channel_send(shared.done, NULL);
}

// Stops a little after the interrupted have been told to go on.
static void stop_late(void *delay_pauses)
{
    while (!atomic_load(&world.stopping) && !atomic_load(&shared.ended)) {
    }
    while (__atomic_load_n(&world.interrupts, __ATOMIC_RELAXED) && !atomic_load(&shared.ended)) {
    }
    for (unsigned i = 0; i < *(unsigned *)delay_pauses; i++) {
        context_pause();
    }
}

static void be_late(void *arg)
{
    (void)arg;
    for (unsigned i = 0; !atomic_load(&shared.ended); i++) {
        unsigned delay_pauses = i * 0x9e3779b1u % TURN_DELAY_PAUSES;
        coroutine_on_system_stack(stop_late, &delay_pauses);
        coroutine_yield();
    }
    channel_send(shared.done, NULL);
}

static void look_whether_it_counts(void *wrong_count)
{
    world_stop();
    const uint64_t before = counted;
    for (int i = 0; i < LOOK_PAUSES; i++) {
        context_pause();
    }
    *(uint64_t *)wrong_count += counted != before;
    world_start();
}

static void stop_beside_a_late_one(void *arg)
{
    (void)arg;
    uint64_t wrong_count = 0;
    begin(count);
    CHECK_EQUAL(coroutine_spawn(be_late, NULL), 0);
    for (int i = 0; i < TURN_COUNT; i++) {
        proc_call_system(look_whether_it_counts, &wrong_count);
    }
    atomic_store(&shared.ended, true);
    channel_receive(shared.done, NULL);
    channel_receive(shared.done, NULL);
    CHECK_EQUAL(wrong_count, 0);
}

INTERRUPT_TEST(who_goes_on_for_a_turn_has_stopped_when_the_world_has)
{
    run_procs(3, 0, stop_beside_a_late_one);
}

enum { LOOP_COUNT = 60 };

static void loop_until_ended(void *arg)
{
    (void)arg;
    atomic_fetch_add(&shared.stage, 1);
    while (!atomic_load(&shared.ended)) {
    }
    channel_send(shared.done, NULL);
}

static void collect_beside_loops(void *arg)
{
    (void)arg;
    begin(loop_until_ended);
    for (unsigned i = 1; i < LOOP_COUNT; i++) {
        CHECK_EQUAL(coroutine_spawn(loop_until_ended, NULL), 0);
    }
    yield_until_stage(LOOP_COUNT);
    heap_collect();
    atomic_store(&shared.ended, true);
    for (unsigned i = 0; i < LOOP_COUNT; i++) {
        channel_receive(shared.done, NULL);
    }
}

// They stop one after another, each when the system lets it run.
INTERRUPT_TEST(more_loops_than_processors_are_all_stopped_in_one_turn)
{
    cpu_set_t before, one;
    CHECK_EQUAL(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (size_t i = 0; CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &before)) {
            CPU_SET(i, &one);
        }
    }
    CHECK_EQUAL(sched_setaffinity(0, sizeof one, &one), 0);
    run_procs(1 + LOOP_COUNT, 0, collect_beside_loops);
    CHECK_EQUAL(sched_setaffinity(0, sizeof before, &before), 0);
}

// ---- system calls and signals --------------------------------------------------------------

static void nap(void *arg)
{
    const struct timespec time = {.tv_nsec = 200 * 1000 * 1000};
    atomic_store(&shared.thread_id, gettid());
    *(int *)arg = nanosleep(&time, NULL);
}

static void sleep_once(void *arg)
{
    (void)arg;
    coroutine_on_system_stack(nap, &shared.error);
    channel_send(shared.done, NULL);
}

// Waits until it does: one that is about to sleep runs, and may get a signal.
static void wait_until_asleep(void *unused)
{
    (void)unused;
    while (!thread_is_asleep(atomic_load(&shared.thread_id))) {
    }
}

static void collect_while_another_sleeps(void *arg)
{
    (void)arg;
    atomic_store(&shared.thread_id, 0);
    begin(sleep_once);
    while (atomic_load(&shared.thread_id) == 0) {
        coroutine_yield();
    }
    coroutine_on_system_stack(wait_until_asleep, NULL);
    heap_collect();
    channel_receive(shared.done, NULL);
    CHECK_EQUAL(shared.error, 0);
}

INTERRUPT_TEST(a_thread_that_sleeps_is_not_interrupted)
{
    run_procs(2, 0, collect_while_another_sleeps);
}

static volatile sig_atomic_t own_count;

static void count_own(int signal_number)
{
    (void)signal_number;
    own_count++;
}

static void raise_urgent(void *arg)
{
    raise(SIGURG);
    (void)arg;
}

static void raise_and_collect(void *arg)
{
    (void)arg;
    heap_collect();
    coroutine_on_system_stack(raise_urgent, NULL);
}

TEST(the_programs_own_handler_stays)
{
    struct sigaction own = {.sa_handler = count_own, .sa_flags = SA_ONSTACK}, present;
    sigaction(SIGURG, &own, NULL);
    own_count = 0;
    run_procs(2, 0, raise_and_collect);
    CHECK_EQUAL(own_count, 1);
    sigaction(SIGURG, NULL, &present);
    CHECK(present.sa_handler == count_own);
    signal(SIGURG, SIG_DFL);
    run_procs(2, 0, raise_and_collect);
    sigaction(SIGURG, NULL, &present);
    CHECK(present.sa_handler == SIG_DFL);
    CHECK_EQUAL(own_count, 1);
}
