// One list under a lock: a marker comes to it once in more than a hundred objects. Half a chunk is
// given away, the older half, so that a stack whose depth swings around the end of its chunk does
// not come here with each swing.
#include "runtime/mark_stack.h"

#include "base/assert.h"
#include "runtime/fatal.h"
#include "runtime/os_memory.h"

#include <string.h>

_Static_assert(sizeof(struct mark_chunk) == MARK_CHUNK_BYTES, "chunks fill their pages");

// Mapped at once; what is not used is not touched.
enum { BLOCK_CHUNKS = 64 };

struct mark_block {
    struct mark_block *next;
    char unused[MARK_CHUNK_BYTES - sizeof(struct mark_block *)];
    struct mark_chunk chunks[BLOCK_CHUNKS];
};

void mark_pool_release(struct mark_pool *pool)
{
    while (pool->blocks) {
        struct mark_block *const block = pool->blocks;
        pool->blocks = block->next;
        os_memory_release(block, sizeof *block);
    }
    *pool = (struct mark_pool){0};
}

// The lock is held.
static void add_block(struct mark_pool *pool)
{
    struct mark_block *const block = os_memory_map(sizeof *block);
    if (!block) {
        fatal("out of memory: the mark stack cannot grow by %zu bytes", sizeof *block);
    }
    block->next = pool->blocks;
    pool->blocks = block;
    for (int i = BLOCK_CHUNKS; i-- > 0;) {
        block->chunks[i].next = pool->empty;
        pool->empty = &block->chunks[i];
    }
}

void mark_pool_prepare(struct mark_pool *pool)
{
    lock_acquire(&pool->lock);
    if (!pool->empty) {
        add_block(pool);
    }
    lock_release(&pool->lock);
}

struct mark_chunk *mark_pool_take_empty(struct mark_pool *pool)
{
    lock_acquire(&pool->lock);
    if (!pool->empty) {
        add_block(pool);
    }
    struct mark_chunk *const chunk = pool->empty;
    pool->empty = chunk->next;
    lock_release(&pool->lock);
    return chunk;
}

void mark_pool_put_empty(struct mark_pool *pool, struct mark_chunk *chunk)
{
    lock_acquire(&pool->lock);
    chunk->next = pool->empty;
    pool->empty = chunk;
    lock_release(&pool->lock);
}

static void push_full(struct mark_pool *pool, struct mark_chunk *chunk)
{
    lock_acquire(&pool->lock);
    chunk->next = pool->full;
    pool->full = chunk;
    atomic_fetch_add_explicit(&pool->full_count, 1, memory_order_relaxed);
    lock_release(&pool->lock);
}

// Gives the oldest `count` items to the pool.
static void give(struct mark_stack *stack, struct mark_pool *pool, size_t count)
{
    struct mark_chunk *const chunk = mark_pool_take_empty(pool);
    struct mark_item *const items = stack->chunk->items;
    memcpy(chunk->items, items, count * sizeof *items);
    chunk->count = count;
    stack->count -= count;
    memmove(items, items + count, stack->count * sizeof *items);
    push_full(pool, chunk);
}

void mark_stack_give_all(struct mark_stack *stack, struct mark_pool *pool)
{
    if (stack->count > 0) {
        stack->chunk->count = stack->count;
        push_full(pool, stack->chunk);
        *stack = (struct mark_stack){0};
    }
}

void mark_stack_make_room(struct mark_stack *stack, struct mark_pool *pool)
{
    if (!stack->chunk) {
        stack->chunk = mark_pool_take_empty(pool);
        return;
    }
    ASSERT(stack->count == MARK_CHUNK_ITEMS);
    give(stack, pool, MARK_CHUNK_ITEMS / 2);
}

void mark_stack_share(struct mark_stack *stack, struct mark_pool *pool)
{
    if (stack->count >= MARK_SHARE_MIN) {
        give(stack, pool, stack->count / 2);
    }
}

bool mark_stack_refill(struct mark_stack *stack, struct mark_pool *pool)
{
    ASSERT(stack->count == 0);
    if (atomic_load_explicit(&pool->full_count, memory_order_relaxed) ==
        atomic_load_explicit(&pool->spans_count, memory_order_relaxed)) {
        return false;
    }
    lock_acquire(&pool->lock);
    struct mark_chunk *const chunk = pool->full;
    if (chunk) {
        pool->full = chunk->next;
        atomic_fetch_sub_explicit(&pool->full_count, 1, memory_order_relaxed);
        if (stack->chunk) {
            stack->chunk->next = pool->empty;
            pool->empty = stack->chunk;
        }
        stack->chunk = chunk;
        stack->count = chunk->count;
    }
    lock_release(&pool->lock);
    return chunk != NULL;
}
