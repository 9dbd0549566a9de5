// An operation either completes under the channel's lock, together with the coroutine that waits on
// the other side, or puts its own coroutine into the channel's queue, gives up the lock and leaves
// its stack. Who finds it there may make it ready at once: it is resumed only when it has left
// (coroutine_state.h, sp).
//
// These functions run on the coroutine's own stack, within the slack that its prologue checks
// leave: they hold no arrays and call nothing of libc but memcpy and memset, which use none.
#include "runtime/channel.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/channel_internal.h"
#include "runtime/coroutine_state.h"
#include "runtime/fatal.h"
#include "runtime/heap.h"
#include "runtime/proc.h"

#include <string.h>

// Every value that passes through a channel passes here, also into the stack of a parked coroutine.
// What it overwrites may be in the heap. What it copies may be about to lose its place there, in a
// buffer, and to be in stacks only that have been scanned.
static void copy(void *to, const void *from, size_t size_bytes)
{
    if (to && size_bytes) {
        if (__builtin_expect(barrier_is_on, 0)) {
            barrier_log_range(to, size_bytes);
            barrier_log_range(from, size_bytes);
        }
        memcpy(to, from, size_bytes);
    }
}

void channel_zero(const struct channel *channel, void *element)
{
    if (element && channel->element_bytes) {
        if (__builtin_expect(barrier_is_on, 0)) {
            barrier_log_range(element, channel->element_bytes);
        }
        memset(element, 0, channel->element_bytes);
    }
}

static char *buffer_slot(struct channel *channel, size_t index)
{
    const size_t wrapped = index < channel->capacity ? index : index - channel->capacity;
    return channel->buffer + wrapped * channel->element_bytes;
}

static void buffer_push(struct channel *channel, const void *element)
{
    ASSERT(channel->count < channel->capacity);
    copy(buffer_slot(channel, channel->oldest_index + channel->count), element,
         channel->element_bytes);
    channel->count++;
}

static void buffer_pop(struct channel *channel, void *element)
{
    ASSERT(channel->count > 0);
    char *slot = buffer_slot(channel, channel->oldest_index);
    copy(element, slot, channel->element_bytes);
    // The collector scans the whole buffer: what was taken must not stay alive through it.
    memset(slot, 0, channel->element_bytes);
    channel->oldest_index++;
    if (channel->oldest_index == channel->capacity) {
        channel->oldest_index = 0;
    }
    channel->count--;
}

// Takes the longest-waiting coroutine out of a queue, or returns NULL. One whose select another
// channel has already fired is no longer waiting.
static struct channel_waiter *take(struct channel_waiter_queue *queue)
{
    struct channel_waiter *waiter;
    while ((waiter = queue->head)) {
        channel_waiter_remove(queue, waiter);
        if (!waiter->of_select || atomic_exchange(&waiter->coroutine->selected, 1) == 0) {
            break;
        }
    }
    return waiter;
}

static struct coroutine *fire(struct channel_waiter *waiter, bool done)
{
    waiter->done = done;
    waiter->coroutine->fired = waiter;
    return waiter->coroutine;
}

enum channel_outcome channel_try_send(struct channel *channel, const void *element,
                                      struct coroutine **wake)
{
    *wake = NULL;
    if (channel->closed) {
        return CHANNEL_CLOSED;
    }
    struct channel_waiter *const receiver = take(&channel->receivers);
    if (receiver) {
        copy(receiver->element, element, channel->element_bytes);
        *wake = fire(receiver, true);
    } else if (channel->count < channel->capacity) {
        buffer_push(channel, element);
    } else {
        return CHANNEL_MUST_WAIT;
    }
    return CHANNEL_DONE;
}

enum channel_outcome channel_try_receive(struct channel *channel, void *element,
                                         struct coroutine **wake)
{
    *wake = NULL;
    if (channel->count > 0) {
        buffer_pop(channel, element);
        struct channel_waiter *const sender = take(&channel->senders);
        if (sender) {
            buffer_push(channel, sender->element);
            *wake = fire(sender, true);
        }
        return CHANNEL_DONE;
    }
    struct channel_waiter *const sender = take(&channel->senders);
    if (sender) {
        copy(element, sender->element, channel->element_bytes);
        *wake = fire(sender, true);
        return CHANNEL_DONE;
    }
    if (channel->closed) {
        channel_zero(channel, element);
        return CHANNEL_CLOSED;
    }
    return CHANNEL_MUST_WAIT;
}

void channel_check_can_wait(const char *operation)
{
    if (__builtin_expect(!proc_current || proc_current->on_system, 0)) {
        coroutine_park(operation); // a fatal error, and it says which
    }
}

_Noreturn void channel_fail_closed(void)
{
    fatal("send on closed channel");
}

// Waits until the other side has moved the element; false when the channel was closed instead. The
// lock is held, and released here.
static bool wait(struct channel *channel, struct channel_waiter_queue *queue, const char *why,
                 void *element, size_t source_bytes)
{
    struct coroutine *const self = proc_current->running;
    self->waiter = (struct channel_waiter){
        .coroutine = self,
        .element = element,
        .source_bytes = source_bytes,
        .waiter_count = 1,
    };
    self->waiters = &self->waiter;
    self->waits_for = why;
    channel_waiter_push(queue, &self->waiter);
    channel_unlock(channel);
    coroutine_park(why);
    self->waiters = NULL;
    return self->waiter.done;
}

struct channel *channel_new(size_t element_bytes, size_t capacity)
{
    size_t size_bytes;
    if (__builtin_mul_overflow(element_bytes, capacity, &size_bytes) ||
        __builtin_add_overflow(size_bytes, sizeof(struct channel), &size_bytes)) {
        fatal("channel_new: %zu elements of %zu bytes exceed the address space", capacity,
              element_bytes);
    }
    struct channel *channel = heap_new_conservative(size_bytes);
    channel->element_bytes = element_bytes;
    channel->capacity = capacity;
    return channel;
}

void channel_send(struct channel *channel, const void *element)
{
    coroutine_poll();
    struct coroutine *wake;
    channel_lock(channel);
    const enum channel_outcome outcome = channel_try_send(channel, element, &wake);
    if (outcome == CHANNEL_MUST_WAIT) {
        channel_check_can_wait("channel send");
        if (!wait(channel, &channel->senders, "channel send", (void *)(uintptr_t)element,
                  channel->element_bytes)) {
            channel_fail_closed();
        }
        return;
    }
    channel_unlock(channel);
    if (outcome == CHANNEL_CLOSED) {
        channel_fail_closed();
    }
    if (wake) {
        coroutine_ready(wake);
    }
}

bool channel_receive(struct channel *channel, void *element)
{
    coroutine_poll();
    struct coroutine *wake;
    channel_lock(channel);
    const enum channel_outcome outcome = channel_try_receive(channel, element, &wake);
    if (outcome == CHANNEL_MUST_WAIT) {
        channel_check_can_wait("channel receive");
        if (wait(channel, &channel->receivers, "channel receive", element, 0)) {
            return true;
        }
        channel_zero(channel, element);
        return false;
    }
    channel_unlock(channel);
    if (wake) {
        coroutine_ready(wake);
    }
    return outcome == CHANNEL_DONE;
}

void channel_close(struct channel *channel)
{
    coroutine_poll();
    channel_lock(channel);
    if (channel->closed) {
        fatal("close of closed channel");
    }
    channel->closed = true;
    // Whoever waits is taken out while the lock is held, and made ready after: linked by `next`
    // meanwhile.
    struct coroutine *woken = NULL;
    struct channel_waiter *waiter;
    while ((waiter = take(&channel->receivers)) || (waiter = take(&channel->senders))) {
        struct coroutine *const coroutine = fire(waiter, false);
        coroutine->next = woken;
        woken = coroutine;
    }
    channel_unlock(channel);
    while (woken) {
        struct coroutine *const next = woken->next;
        coroutine_ready(woken);
        woken = next;
    }
}
