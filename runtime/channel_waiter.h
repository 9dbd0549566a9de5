// One coroutine's wait in one channel's queue, and that queue. A coroutine that waits in a select
// has one in each of its channels, hence links both ways: the ones that did not fire are taken out.
#ifndef RUNTIME_CHANNEL_WAITER_H
#define RUNTIME_CHANNEL_WAITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coroutine;

struct channel_waiter {
    struct channel_waiter *next;
    struct channel_waiter *previous;
    struct coroutine *coroutine;
    void *element;         // where the value comes from or goes to; may lie in its own stack
    size_t source_bytes;   // of an element to be sent; 0 for one to be received
    uint32_t waiter_count; // of the array that this one begins; 0 elsewhere: see coroutine.waiters
    bool in_queue;
    bool of_select;
    bool done; // the other side moved the value; false after waking: the channel was closed
};

// Zeroed: empty.
struct channel_waiter_queue {
    struct channel_waiter *head;
    struct channel_waiter *tail;
};

static inline void channel_waiter_push(struct channel_waiter_queue *queue,
                                       struct channel_waiter *waiter)
{
    waiter->next = NULL;
    waiter->previous = queue->tail;
    *(queue->tail ? &queue->tail->next : &queue->head) = waiter;
    queue->tail = waiter;
    waiter->in_queue = true;
}

static inline void channel_waiter_remove(struct channel_waiter_queue *queue,
                                         struct channel_waiter *waiter)
{
    *(waiter->previous ? &waiter->previous->next : &queue->head) = waiter->next;
    *(waiter->next ? &waiter->next->previous : &queue->tail) = waiter->previous;
    waiter->in_queue = false;
}

#endif
