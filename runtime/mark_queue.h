// A marker's queue of spans that hold objects to be scanned: first in, first out.
//
// An item names a span by one of its objects. Its chunks come from the pool, and go there when work
// is shared.
#ifndef RUNTIME_MARK_QUEUE_H
#define RUNTIME_MARK_QUEUE_H

#include "runtime/mark_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Zeroed: empty, without a chunk.
struct mark_queue {
    struct mark_chunk *first; // the oldest items; chunks are full between the first and the last
    struct mark_chunk *last;
    uint32_t first_index; // of the oldest item in `first`
    uint32_t last_count;  // of items in `last`, those taken already included
};

// Slow paths of the following.
void mark_queue_make_room(struct mark_queue *queue, struct mark_pool *pool) __attribute__((cold));
bool mark_queue_advance(struct mark_queue *queue, struct mark_pool *pool);

// Takes what others have given, when the queue is empty. Returns false when that is nothing.
bool mark_queue_refill(struct mark_queue *queue, struct mark_pool *pool);

// Gives all that the queue holds, and its chunks, to others.
void mark_queue_give_all(struct mark_queue *queue, struct mark_pool *pool);

// Gives some of what the queue holds, the oldest, to others: half of it, or a chunk. Not
// when there are few.
void mark_queue_share(struct mark_queue *queue, struct mark_pool *pool);

static inline bool mark_queue_is_empty(const struct mark_queue *queue)
{
    return queue->first == queue->last && queue->first_index == queue->last_count;
}

static inline void mark_queue_push(struct mark_queue *queue, struct mark_pool *pool,
                                   struct mark_item item)
{
    if (__builtin_expect(!queue->last || queue->last_count == MARK_CHUNK_ITEMS, 0)) {
        mark_queue_make_room(queue, pool);
    }
    queue->last->items[queue->last_count++] = item;
}

// Returns false, with *item untouched, when the queue is empty.
static inline bool mark_queue_pop(struct mark_queue *queue, struct mark_pool *pool,
                                  struct mark_item *item)
{
    const uint32_t end = queue->first == queue->last ? queue->last_count : MARK_CHUNK_ITEMS;
    if (queue->first_index == end && !mark_queue_advance(queue, pool)) {
        return false;
    }
    *item = queue->first->items[queue->first_index++];
    return true;
}

#endif
