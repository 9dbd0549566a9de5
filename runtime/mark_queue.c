// A list of chunks rather than a ring: the queue of a large heap holds tens of thousands of spans
// for a moment, and a chunk can be handed to the pool as it is.
#include "runtime/mark_queue.h"

#include "base/assert.h"

#include <string.h>

void mark_queue_make_room(struct mark_queue *queue, struct mark_pool *pool)
{
    struct mark_chunk *const chunk = mark_pool_take_empty(pool);
    if (queue->last) {
        queue->last->next = chunk;
    } else {
        queue->first = chunk;
        queue->first_index = 0;
    }
    queue->last = chunk;
    queue->last_count = 0;
}

bool mark_queue_advance(struct mark_queue *queue, struct mark_pool *pool)
{
    if (queue->first == queue->last) {
        // Empty: the chunk is filled from its beginning again.
        queue->first_index = 0;
        queue->last_count = 0;
        return false;
    }
    struct mark_chunk *const used = queue->first;
    queue->first = used->next;
    queue->first_index = 0;
    mark_pool_put_empty(pool, used);
    // The last one is made when there is an item to put into it.
    ASSERT(!mark_queue_is_empty(queue));
    return true;
}

// Takes the first chunk out, its items moved to its beginning.
static struct mark_chunk *take_first(struct mark_queue *queue)
{
    struct mark_chunk *const chunk = queue->first;
    const bool is_last = chunk == queue->last;
    const uint32_t end = is_last ? queue->last_count : MARK_CHUNK_ITEMS;
    chunk->count = end - queue->first_index;
    memmove(chunk->items, &chunk->items[queue->first_index], chunk->count * sizeof *chunk->items);
    queue->first = is_last ? NULL : chunk->next;
    queue->first_index = 0;
    if (is_last) {
        *queue = (struct mark_queue){0};
    }
    return chunk;
}

// The chunk's items, chunk->count of them, are for whoever comes first.
static void put(struct mark_pool *pool, struct mark_chunk *chunk)
{
    if (chunk->count == 0) {
        mark_pool_put_empty(pool, chunk);
        return;
    }
    chunk->next = NULL;
    lock_acquire(&pool->lock);
    if (pool->newest_spans) {
        pool->newest_spans->next = chunk;
    } else {
        pool->oldest_spans = chunk;
    }
    pool->newest_spans = chunk;
    atomic_fetch_add_explicit(&pool->spans_count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&pool->full_count, 1, memory_order_relaxed);
    lock_release(&pool->lock);
}

bool mark_queue_refill(struct mark_queue *queue, struct mark_pool *pool)
{
    ASSERT(mark_queue_is_empty(queue));
    if (atomic_load_explicit(&pool->spans_count, memory_order_relaxed) == 0) {
        return false;
    }
    lock_acquire(&pool->lock);
    struct mark_chunk *const chunk = pool->oldest_spans;
    if (chunk) {
        pool->oldest_spans = chunk->next;
        if (!chunk->next) {
            pool->newest_spans = NULL;
        }
        atomic_fetch_sub_explicit(&pool->spans_count, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&pool->full_count, 1, memory_order_relaxed);
    }
    lock_release(&pool->lock);
    if (!chunk) {
        return false;
    }
    if (queue->first) {
        mark_pool_put_empty(pool, queue->first);
    }
    *queue =
        (struct mark_queue){.first = chunk, .last = chunk, .last_count = (uint32_t)chunk->count};
    return true;
}

void mark_queue_give_all(struct mark_queue *queue, struct mark_pool *pool)
{
    while (queue->first) {
        put(pool, take_first(queue));
    }
}

void mark_queue_share(struct mark_queue *queue, struct mark_pool *pool)
{
    if (queue->first != queue->last) {
        put(pool, take_first(queue));
        return;
    }
    const uint32_t count = (queue->last_count - queue->first_index) / 2;
    if (count >= MARK_SHARE_MIN / 2) {
        struct mark_chunk *const chunk = mark_pool_take_empty(pool);
        memcpy(chunk->items, &queue->first->items[queue->first_index],
               count * sizeof *chunk->items);
        chunk->count = count;
        queue->first_index += count;
        put(pool, chunk);
    }
}
