// A channel's inside, for channel.c and channel_select.c.
#ifndef RUNTIME_CHANNEL_INTERNAL_H
#define RUNTIME_CHANNEL_INTERNAL_H

#include "runtime/channel_waiter.h"
#include "runtime/lock.h"
#include "runtime/world.h"

#include <stdbool.h>
#include <stddef.h>

struct channel {
    struct lock lock; // of everything below that changes; taken only when there are several procs
    bool closed;
    size_t element_bytes;
    size_t capacity;
    size_t count;                          // elements in the buffer
    size_t oldest_index;                   // of them
    struct channel_waiter_queue senders;   // none while the buffer has room
    struct channel_waiter_queue receivers; // none while the buffer has elements
    // Elements may hold any type.
    _Alignas(16) char buffer[];
};

static inline void channel_lock(struct channel *channel)
{
    if (world_is_parallel) {
        lock_acquire(&channel->lock);
    }
}

static inline void channel_unlock(struct channel *channel)
{
    if (world_is_parallel) {
        lock_release(&channel->lock);
    }
}

// An attempt at an operation, with the lock held.
enum channel_outcome { CHANNEL_DONE, CHANNEL_CLOSED, CHANNEL_MUST_WAIT };

// Sets *wake to a coroutine that is to be made ready once the lock is released, or to NULL. A
// receive from a closed channel zeroes *element.
enum channel_outcome channel_try_send(struct channel *channel, const void *element,
                                      struct coroutine **wake);
enum channel_outcome channel_try_receive(struct channel *channel, void *element,
                                         struct coroutine **wake);

// Zeroes an element that was not received, unless it is NULL.
void channel_zero(const struct channel *channel, void *element);

// Fatal errors, unless the caller may wait.
void channel_check_can_wait(const char *operation);

_Noreturn void channel_fail_closed(void);

#endif
