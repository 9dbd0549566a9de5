// A stop that was asked for is asked for again until nobody is active, see proc_request(): at first
// every microsecond or so, because a running proc answers within one, then with longer and longer
// sleeps, because one that does not may wait for our processor. Who runs and does not answer gets a
// signal (stop_signal.h).
//
// Who is stopped by a signal may hold what another waits for, a mutex of the program's, so that
// this one does not come to a safepoint. So if the world has not stopped after a while they go on
// for as long, and so on in turn. A turn is longer than the one before it: where there are fewer
// processors than threads, they are stopped one after another, and all must be in one turn.
#include "runtime/clock.h"
#include "runtime/context.h"
#include "runtime/futex.h"
#include "runtime/proc.h"
#include "runtime/stop_signal.h"
#include "runtime/world_internal.h"

enum { ASK_AGAIN_COUNT = 16 }; // pauses of the processor between two requests, a microsecond or so
static const uint64_t SPIN_NS = 50 * 1000; // then it sleeps
static const uint64_t SLEEP_NS_FIRST = 20 * 1000;
static const uint64_t SLEEP_NS_MAX = 1000 * 1000;
// On a virtual machine a signal takes up to fifty microseconds from one processor to the other.
static const uint64_t INTERRUPT_NS_FIRST = 1000;
static const uint64_t INTERRUPT_NS_AGAIN = 50 * 1000;
static const uint64_t TURN_NS_FIRST = 2 * 1000 * 1000;
static const uint64_t TURN_NS_MAX = 1000 * 1000 * 1000;

// Everybody who has not stopped yet. Whose thread ends meanwhile has left, but nobody has joined
// it.
static void each_active(void (*fn)(struct proc *proc))
{
    for (unsigned i = 0; i < proc_count; i++) {
        if (atomic_load(&proc_table[i].in_world)) {
            fn(&proc_table[i]);
        }
    }
}

static void ask(struct proc *proc)
{
    proc_request(proc, PROC_STOP);
}

static void allow_interrupts(bool allowed)
{
    lock_acquire(&world.lock);
    world.interrupts = allowed;
    atomic_fetch_add(&world.start_count, !allowed);
    lock_release(&world.lock);
    if (!allowed) {
        world_wake_sleepers();
    }
}

// Whether a thread runs is seen by the time that it has used between two looks.
struct interrupting {
    uint64_t next_ns; // when to do something next
    bool looked;
    uint64_t turn_ns; // how long this turn lasts, and
    uint64_t turn_end_ns;
};

static void take_turns(struct interrupting *state, uint64_t now_ns)
{
    if (now_ns < state->turn_end_ns) {
        return;
    }
    allow_interrupts(!world.interrupts);
    if (world.interrupts && state->turn_ns < TURN_NS_MAX) {
        state->turn_ns *= 2;
    }
    state->turn_end_ns = now_ns + state->turn_ns;
}

static void interrupt(struct interrupting *state, uint64_t now_ns)
{
    take_turns(state, now_ns);
    if (!world.interrupts || now_ns < state->next_ns) {
        return;
    }
    if (state->looked) {
        each_active(stop_signal_send);
        state->next_ns = now_ns + INTERRUPT_NS_AGAIN;
    } else {
        each_active(stop_signal_look);
    }
    state->looked = !state->looked;
}

static void spin_until_stopped(void)
{
    for (int i = 0; i < ASK_AGAIN_COUNT && atomic_load(&world.active_count) != 0; i++) {
        context_pause();
    }
}

static void sleep_until_stopped(uint64_t wait_ns)
{
    atomic_store(&world.stopper_sleeps, true);
    const uint32_t active_count = atomic_load(&world.active_count);
    if (active_count != 0) {
        futex_wait(&world.active_count, active_count, wait_ns);
    }
    atomic_store(&world.stopper_sleeps, false);
}

void world_ask_until_stopped(void)
{
    const uint64_t asked_ns = world.times.asked_ns;
    struct interrupting interrupting = {
        .next_ns = asked_ns + INTERRUPT_NS_FIRST,
        .turn_ns = TURN_NS_FIRST,
        .turn_end_ns = asked_ns + TURN_NS_FIRST,
    };
    uint64_t wait_ns = SLEEP_NS_FIRST;
    uint64_t now_ns = asked_ns;
    for (;;) {
        if (atomic_load(&world.active_count) == 0) {
            if (world.interrupts) {
                break;
            }
            // One whose turn it is may be about to go on: from here on it is not.
            allow_interrupts(true);
            continue;
        }
        each_active(ask);
        interrupt(&interrupting, now_ns);
        if (now_ns - asked_ns < SPIN_NS) {
            spin_until_stopped();
        } else {
            sleep_until_stopped(wait_ns);
            wait_ns = wait_ns < SLEEP_NS_MAX ? wait_ns * 2 : wait_ns;
        }
        now_ns = clock_now_ns();
    }
    world.times.stopped_ns = clock_now_ns();
}
