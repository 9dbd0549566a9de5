// A queue of coroutines, linked through their `next`: oldest first.
#ifndef RUNTIME_COROUTINE_QUEUE_H
#define RUNTIME_COROUTINE_QUEUE_H

#include "runtime/coroutine_state.h"

#include <stddef.h>

// Zeroed: empty.
struct coroutine_queue {
    struct coroutine *head;
    struct coroutine *tail;
};

static inline void coroutine_queue_push(struct coroutine_queue *queue, struct coroutine *coroutine)
{
    coroutine->next = NULL;
    if (queue->tail) {
        queue->tail->next = coroutine;
    } else {
        queue->head = coroutine;
    }
    queue->tail = coroutine;
}

// The oldest, or NULL.
static inline struct coroutine *coroutine_queue_pop(struct coroutine_queue *queue)
{
    struct coroutine *const coroutine = queue->head;
    if (coroutine) {
        queue->head = coroutine->next;
        if (!queue->head) {
            queue->tail = NULL;
        }
    }
    return coroutine;
}

#endif
