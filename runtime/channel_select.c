// All channels of a select are locked at once, in the order of their addresses, so that what it
// sees of them belongs to one moment: a default is taken only when there was a moment at which no
// case was ready.
//
// A select that waits puts one waiter into each channel's queue. The first channel that fires
// one claims the coroutine through `selected`; the others leave it alone. Woken, the coroutine
// locks the channels again and takes its other waiters out.
//
// The waiters and the order of locking lie in a heap object: the coroutine's stack has no room for
// them, and may move while it waits. Source: Go's selectgo (runtime/select.go).
#include "runtime/channel.h"

#include "base/assert.h"
#include "runtime/channel_internal.h"
#include "runtime/coroutine_state.h"
#include "runtime/fatal.h"
#include "runtime/heap.h"
#include "runtime/proc.h"

struct select {
    struct channel_case *cases;
    size_t count;
    struct channel_waiter *waiters; // one a case
    uint16_t *order;                // case indices by their channels' addresses
    uint16_t *attempts;             // and in a random order, for a fair choice
};

// A select of more cases is likely a mistake, and sorting would take long.
enum { CASE_COUNT_MAX = 4096 };

static uintptr_t address_of(const struct select *select, size_t position)
{
    return (uintptr_t)select->cases[select->order[position]].channel;
}

// Insertion: a few cases, mostly.
static void sort(struct select *select)
{
    for (size_t i = 0; i < select->count; i++) {
        const uint16_t index = (uint16_t)i;
        size_t at = i;
        while (at > 0 && address_of(select, at - 1) > (uintptr_t)select->cases[i].channel) {
            select->order[at] = select->order[at - 1];
            at--;
        }
        select->order[at] = index;
    }
}

static void lock_all(const struct select *select)
{
    uintptr_t last = 0;
    for (size_t i = 0; i < select->count; i++) {
        const uintptr_t address = address_of(select, i);
        if (address != last) {
            channel_lock((struct channel *)address);
        }
        last = address;
    }
}

static void unlock_all(const struct select *select)
{
    uintptr_t last = 0;
    for (size_t i = select->count; i-- > 0;) {
        const uintptr_t address = address_of(select, i);
        if (address != last && address != 0) {
            channel_unlock((struct channel *)address);
        }
        last = address;
    }
}

// Carries out one case if it is ready.
static enum channel_outcome attempt(struct channel_case *one, struct coroutine **wake)
{
    if (!one->channel) {
        return CHANNEL_MUST_WAIT;
    }
    return one->operation == CHANNEL_SEND ? channel_try_send(one->channel, one->element, wake)
                                          : channel_try_receive(one->channel, one->element, wake);
}

static struct channel_waiter_queue *queue_of(const struct channel_case *one)
{
    return one->operation == CHANNEL_SEND ? &one->channel->senders : &one->channel->receivers;
}

static void enqueue(const struct select *select, struct coroutine *self)
{
    atomic_store_explicit(&self->selected, 0, memory_order_relaxed);
    for (size_t i = 0; i < select->count; i++) {
        const struct channel_case *const one = &select->cases[i];
        struct channel_waiter *const waiter = &select->waiters[i];
        *waiter = (struct channel_waiter){
            .coroutine = self,
            .element = one->element,
            .waiter_count = i == 0 ? (uint32_t)select->count : 0,
            .of_select = true,
        };
        if (one->channel) {
            if (one->operation == CHANNEL_SEND) {
                waiter->source_bytes = one->channel->element_bytes;
            }
            channel_waiter_push(queue_of(one), waiter);
        }
    }
    self->waiters = select->waiters;
    self->fired = NULL;
    self->waits_for = "channel select";
}

// Waits until a case has fired and returns its index. The locks are held, and released here.
static size_t wait(const struct select *select)
{
    struct coroutine *const self = proc_current->running;
    enqueue(select, self);
    unlock_all(select);
    coroutine_park("channel select");
    lock_all(select);
    for (size_t i = 0; i < select->count; i++) {
        if (select->waiters[i].in_queue) {
            channel_waiter_remove(queue_of(&select->cases[i]), &select->waiters[i]);
        }
    }
    unlock_all(select);
    self->waiters = NULL;
    return (size_t)(self->fired - select->waiters);
}

static void shuffle(struct select *select)
{
    struct proc *const proc = proc_current;
    for (size_t i = 0; i < select->count; i++) {
        proc->random = proc->random * 6364136223846793005u + 1442695040888963407u;
        const size_t other = (size_t)((proc->random >> 32) * (i + 1) >> 32);
        select->attempts[i] = select->attempts[other];
        select->attempts[other] = (uint16_t)i;
    }
}

// Tries the cases in a random order; returns the index of the one that was carried out, or -1. Then
// the locks are held still.
static int attempt_all(const struct select *select)
{
    for (size_t i = 0; i < select->count; i++) {
        const size_t index = select->attempts[i];
        struct channel_case *const one = &select->cases[index];
        struct coroutine *wake = NULL;
        const enum channel_outcome outcome = attempt(one, &wake);
        if (outcome == CHANNEL_MUST_WAIT) {
            continue;
        }
        unlock_all(select);
        if (outcome == CHANNEL_CLOSED && one->operation == CHANNEL_SEND) {
            channel_fail_closed();
        }
        one->received = outcome == CHANNEL_DONE && one->operation == CHANNEL_RECEIVE;
        if (wake) {
            coroutine_ready(wake);
        }
        return (int)index;
    }
    return -1;
}

int channel_select(struct channel_case *cases, size_t count, bool wait_for_one)
{
    coroutine_poll();
    if (!proc_current || count > CASE_COUNT_MAX) {
        fatal(proc_current ? "channel_select: too many cases"
                           : "channel_select outside runtime_run");
    }
    if (wait_for_one) {
        channel_check_can_wait("channel select");
    }
    if (count == 0) {
        if (wait_for_one) {
            proc_current->running->waits_for = "channel select without cases";
            coroutine_park("channel select without cases");
        }
        return -1;
    }
    struct select select = {.cases = cases, .count = count};
    select.waiters =
        heap_new_conservative(count * (sizeof *select.waiters + 2 * sizeof *select.order));
    select.order = (uint16_t *)(select.waiters + count);
    select.attempts = select.order + count;
    sort(&select);
    shuffle(&select);
    lock_all(&select);
    const int ready = attempt_all(&select);
    if (ready >= 0) {
        return ready;
    }
    if (!wait_for_one) {
        unlock_all(&select);
        return -1;
    }
    const size_t index = wait(&select);
    struct channel_case *const one = &cases[index];
    const bool done = select.waiters[index].done;
    if (!done && one->operation == CHANNEL_SEND) {
        channel_fail_closed();
    }
    one->received = done && one->operation == CHANNEL_RECEIVE;
    if (!done) {
        channel_zero(one->channel, one->element);
    }
    return (int)index;
}
