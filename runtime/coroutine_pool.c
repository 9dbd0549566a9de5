// Blocks of descriptors are never given back while a run lasts: walking over the blocks is the list
// of all coroutines, which spawning and finishing need not keep.
#include "runtime/coroutine_pool.h"

#include "base/assert.h"
#include "runtime/os_memory.h"
#include "runtime/world.h"

enum {
    BLOCK_BYTES = 64 * 1024,
    BATCH_COUNT = 64, // handed to the shared list at once, when a proc has two of them
    FRESH_COUNT = 16, // never used ones taken at once
};

struct block {
    struct block *next;
    struct coroutine coroutines[];
};

enum { BLOCK_COUNT = (BLOCK_BYTES - sizeof(struct block)) / sizeof(struct coroutine) };

static struct {
    struct lock lock;
    struct block *blocks;
    size_t used_count;        // coroutines of the newest block that were handed out
    struct coroutine *shared; // finished ones
} pool;

// The lock is held.
static bool add_block(void)
{
    struct block *const block = os_memory_map(BLOCK_BYTES);
    if (!block) {
        return false;
    }
    block->next = pool.blocks;
    pool.blocks = block;
    pool.used_count = 0;
    return true;
}

static void refill(void *arg)
{
    struct proc *const proc = arg;
    lock_acquire(&pool.lock);
    if (!pool.shared && (!pool.blocks || pool.used_count == BLOCK_COUNT)) {
        add_block();
    }
    for (int i = 0; i < BATCH_COUNT; i++) {
        struct coroutine *coroutine = pool.shared;
        if (coroutine) {
            pool.shared = coroutine->next;
        } else if (i < FRESH_COUNT && pool.blocks && pool.used_count < BLOCK_COUNT) {
            coroutine = &pool.blocks->coroutines[pool.used_count++];
        } else {
            break;
        }
        coroutine->next = proc->finished;
        proc->finished = coroutine;
        proc->finished_count++;
    }
    lock_release(&pool.lock);
}

struct coroutine *coroutine_pool_take(struct proc *proc)
{
    if (!proc->finished) {
        proc_call_system(refill, proc);
    }
    struct coroutine *const coroutine = proc->finished;
    if (coroutine) {
        atomic_store_explicit(&coroutine->scan_state, world_scan_epoch, memory_order_release);
        proc->finished = coroutine->next;
        proc->finished_count--;
        proc->kept_stack_count -= coroutine->stack != NULL;
    }
    return coroutine;
}

// The newest go: they lie at the head, and any will do.
static void share(struct proc *proc)
{
    lock_acquire(&pool.lock);
    for (int i = 0; i < BATCH_COUNT; i++) {
        struct coroutine *const coroutine = proc->finished;
        proc->finished = coroutine->next;
        coroutine->next = pool.shared;
        pool.shared = coroutine;
    }
    proc->finished_count -= BATCH_COUNT;
    lock_release(&pool.lock);
}

bool coroutine_pool_has_room(const struct proc *proc)
{
    return !world_is_parallel || proc->finished_count < 2 * BATCH_COUNT - 1;
}

void coroutine_pool_give(struct proc *proc, struct coroutine *coroutine)
{
    coroutine->id = 0;
    coroutine->next = proc->finished;
    proc->finished = coroutine;
    proc->finished_count++;
    proc->kept_stack_count += coroutine->stack != NULL;
    if (world_is_parallel && proc->finished_count >= 2 * BATCH_COUNT) {
        share(proc);
    }
}

void coroutine_pool_each(void (*fn)(struct coroutine *coroutine, void *context), void *context)
{
    size_t count = pool.used_count;
    for (struct block *block = pool.blocks; block; block = block->next) {
        for (size_t i = 0; i < count; i++) {
            if (block->coroutines[i].id != 0) {
                fn(&block->coroutines[i], context);
            }
        }
        count = BLOCK_COUNT;
    }
}

void coroutine_pool_cursor_init(struct coroutine_pool_cursor *cursor)
{
    *cursor = (struct coroutine_pool_cursor){.block = pool.blocks, .count = pool.used_count};
}

struct coroutine *coroutine_pool_cursor_next(struct coroutine_pool_cursor *cursor)
{
    while (cursor->block && cursor->index == cursor->count) {
        cursor->block = cursor->block->next;
        cursor->index = 0;
        cursor->count = BLOCK_COUNT;
    }
    return cursor->block ? &cursor->block->coroutines[cursor->index++] : NULL;
}

void coroutine_pool_release(void)
{
    size_t count = pool.used_count;
    while (pool.blocks) {
        struct block *const block = pool.blocks;
        pool.blocks = block->next;
        for (size_t i = 0; i < count; i++) {
            fibre_destroy(&block->coroutines[i].fibre);
        }
        os_memory_release(block, BLOCK_BYTES);
        count = BLOCK_COUNT;
    }
    pool.shared = NULL;
    pool.used_count = 0;
}
