// One worker runs all coroutines, so no lock is needed: an operation is never interrupted by
// another one.
//
// These functions run on the coroutine's own stack, within the slack that its prologue checks
// leave: they hold no arrays and call nothing of libc but memcpy and memset, which use none.
#include "runtime/channel.h"

#include "base/assert.h"
#include "runtime/coroutine_queue.h"
#include "runtime/fatal.h"
#include "runtime/heap.h"
#include "runtime/proc.h"

#include <string.h>

struct channel {
    size_t element_bytes;
    size_t capacity;
    size_t count;        // elements in the buffer
    size_t oldest_index; // of them
    bool closed;
    struct coroutine_queue senders;   // none while the buffer has room
    struct coroutine_queue receivers; // none while the buffer has elements
    // Elements may hold any type.
    _Alignas(16) char buffer[];
};

static void copy(void *to, const void *from, size_t size_bytes)
{
    if (to && size_bytes) {
        memcpy(to, from, size_bytes);
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

// Waits until the other side has moved the element; false when the channel was closed instead.
static bool wait(struct coroutine_queue *queue, const char *why, void *element, size_t source_bytes)
{
    if (!proc_current || proc_current->on_system) {
        coroutine_park(why); // a fatal error, and it says which
    }
    struct coroutine *self = proc_current->running;
    self->wait_element = element;
    self->wait_element_bytes = source_bytes;
    self->wait_done = false;
    coroutine_queue_push(queue, self);
    coroutine_park(why);
    self->wait_element = NULL;
    self->wait_element_bytes = 0;
    return self->wait_done;
}

static void wake(struct coroutine *coroutine, bool done)
{
    coroutine->wait_done = done;
    coroutine_ready(coroutine);
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
    if (channel->closed) {
        fatal("send on closed channel");
    }
    struct coroutine *receiver = coroutine_queue_pop(&channel->receivers);
    if (receiver) {
        copy(receiver->wait_element, element, channel->element_bytes);
        wake(receiver, true);
    } else if (channel->count < channel->capacity) {
        buffer_push(channel, element);
    } else if (!wait(&channel->senders, "channel send", (void *)(uintptr_t)element,
                     channel->element_bytes)) {
        fatal("send on closed channel");
    }
}

bool channel_receive(struct channel *channel, void *element)
{
    if (channel->count > 0) {
        buffer_pop(channel, element);
        struct coroutine *sender = coroutine_queue_pop(&channel->senders);
        if (sender) {
            buffer_push(channel, sender->wait_element);
            wake(sender, true);
        }
        return true;
    }
    struct coroutine *sender = coroutine_queue_pop(&channel->senders);
    if (sender) {
        copy(element, sender->wait_element, channel->element_bytes);
        wake(sender, true);
        return true;
    }
    if (!channel->closed && wait(&channel->receivers, "channel receive", element, 0)) {
        return true;
    }
    if (element && channel->element_bytes) {
        memset(element, 0, channel->element_bytes);
    }
    return false;
}

void channel_close(struct channel *channel)
{
    if (channel->closed) {
        fatal("close of closed channel");
    }
    channel->closed = true;
    struct coroutine *waiting;
    while ((waiting = coroutine_queue_pop(&channel->receivers)) ||
           (waiting = coroutine_queue_pop(&channel->senders))) {
        wake(waiting, false);
    }
}
