// The mark stacks: objects that the collector has reached and not yet scanned.
//
// Each marker has a stack of its own, one chunk of memory; what does not fit goes to the shared
// pool by the half chunk, from which markers that have run out of work take. Their memory is not
// the heap's, since a collection cannot allocate from the heap it collects, and grows without
// bound: an object is pushed at most once a collection.
#ifndef RUNTIME_MARK_STACK_H
#define RUNTIME_MARK_STACK_H

#include "runtime/lock.h"
#include "runtime/span.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mark_item {
    char *object; // its first byte
    struct span *span;
};

// A chunk fills a page of the system's.
enum { MARK_CHUNK_BYTES = 4096, MARK_CHUNK_ITEMS = MARK_CHUNK_BYTES / 16 - 1 };

// Fewer are not shared: a list whose nodes point to something besides would keep others awake for
// its leaves. Go shares from 5 on.
enum { MARK_SHARE_MIN = 4 };

struct mark_chunk {
    struct mark_chunk *next; // in the pool
    size_t count;            // of items, while it is in the pool
    struct mark_item items[MARK_CHUNK_ITEMS];
};

// Zeroed: empty, without a chunk.
struct mark_stack {
    struct mark_chunk *chunk;
    size_t count;
};

struct mark_pool {
    struct lock lock;
    struct mark_chunk *full;
    struct mark_chunk *oldest_spans; // the same of mark_queue.h's, first in, first out
    struct mark_chunk *newest_spans;
    struct mark_chunk *empty;
    struct mark_block *blocks;      // what the chunks were cut from
    _Atomic(uint32_t) full_count;   // chunks that wait for a marker, of both kinds
    _Atomic(uint32_t) spans_count;  // those of the second
    _Atomic(uint32_t) hungry_count; // markers that found none: others share what they have
};

// Sees to memory for the next chunk, so that none has to come from the system with the world
// stopped.
void mark_pool_prepare(struct mark_pool *pool);

void mark_pool_release(struct mark_pool *pool);

// An empty chunk for the caller; a fatal error when the system refuses the memory.
struct mark_chunk *mark_pool_take_empty(struct mark_pool *pool);
void mark_pool_put_empty(struct mark_pool *pool, struct mark_chunk *chunk);

// Slow paths of the following. Growing is a fatal error when the system refuses the memory: marking
// cannot be abandoned.
void mark_stack_make_room(struct mark_stack *stack, struct mark_pool *pool) __attribute__((cold));
bool mark_stack_refill(struct mark_stack *stack, struct mark_pool *pool);

// Gives all that the stack holds, and its chunk, to others.
void mark_stack_give_all(struct mark_stack *stack, struct mark_pool *pool);

// Gives half of what the stack holds to others, unless that is little.
void mark_stack_share(struct mark_stack *stack, struct mark_pool *pool);

static inline void mark_stack_push(struct mark_stack *stack, struct mark_pool *pool,
                                   struct mark_item item)
{
    if (__builtin_expect(!stack->chunk || stack->count == MARK_CHUNK_ITEMS, 0)) {
        mark_stack_make_room(stack, pool);
    }
    stack->chunk->items[stack->count++] = item;
}

#endif
