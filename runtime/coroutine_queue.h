// A queue of coroutines, linked through their `next`: oldest first.
#ifndef RUNTIME_COROUTINE_QUEUE_H
#define RUNTIME_COROUTINE_QUEUE_H

#include "runtime/coroutine_state.h"

#include <stdatomic.h>
#include <stddef.h>

// Zeroed: empty. Its user sees to it that one thread at a time changes it; the count may be read by
// anybody.
struct coroutine_queue {
    struct coroutine *head;
    struct coroutine *tail;
    _Atomic(size_t) count;
};

static inline size_t coroutine_queue_count(const struct coroutine_queue *queue)
{
    return atomic_load_explicit(&queue->count, memory_order_relaxed);
}

static inline void coroutine_queue_push(struct coroutine_queue *queue, struct coroutine *coroutine)
{
    coroutine->next = NULL;
    *(queue->tail ? &queue->tail->next : &queue->head) = coroutine;
    queue->tail = coroutine;
    atomic_store_explicit(&queue->count, coroutine_queue_count(queue) + 1, memory_order_relaxed);
}

// As if it had never been popped.
static inline void coroutine_queue_push_first(struct coroutine_queue *queue,
                                              struct coroutine *coroutine)
{
    coroutine->next = queue->head;
    queue->head = coroutine;
    if (!queue->tail) {
        queue->tail = coroutine;
    }
    atomic_store_explicit(&queue->count, coroutine_queue_count(queue) + 1, memory_order_relaxed);
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
        atomic_store_explicit(&queue->count, coroutine_queue_count(queue) - 1,
                              memory_order_relaxed);
    }
    return coroutine;
}

#endif
