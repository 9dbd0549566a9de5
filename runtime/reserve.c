// Compiled with -mgeneral-regs-only, like stack.c and for the same reason.
#include "runtime/reserve.h"

#include "base/assert.h"
#include "runtime/context.h"
#include "runtime/fibre.h"
#include "runtime/lock.h"
#include "runtime/os_memory.h"

#include <sys/mman.h>

enum {
    PAGE_BYTES = 4096,
    SLOT_ALIGNMENT = 65536, // the largest page of any architecture
    // Stacks end at different pages of these many: all ending at the same address modulo a large
    // power of two, their hottest lines would compete for the same few sets of the caches.
    COLOUR_COUNT = 16,
    // Addresses are reserved for this many stacks at first, then for twice as many each time: some
    // systems keep books on every page of a reservation.
    CHUNK_STACK_COUNT_FIRST = 4,
    CHUNK_COUNT_MAX = 40,
};

// A tool wants to know of each stack.
#define FOLLOWED (FIBRE_IS_SEEN || VALGRIND_HOOKS_ACTIVE)

// Memory that finished coroutines leave behind is kept for the next ones up to this sum, as that of
// other strategies is (stack.c).
static const size_t KEPT_BYTES_MAX = (size_t)256 << 20;

struct chunk {
    char *base;
    struct stack *stacks;
    size_t stack_count;
};

static struct {
    struct lock lock;
    size_t slot_bytes; // of each stack's addresses; 0 before the first
    struct chunk chunks[CHUNK_COUNT_MAX];
    unsigned chunk_count;
    size_t used_count; // stacks of the newest chunk that were handed out
    _Atomic(uint64_t) bytes_in_use;
    _Atomic(uint64_t) committed_bytes; // beyond the first extents
} reserve;

static size_t slot_bytes(void)
{
    const size_t alignment_mask = SLOT_ALIGNMENT - 1;
    const size_t extra_bytes =
        (size_t)COLOUR_COUNT * PAGE_BYTES + (CONTEXT_CHECKS_STACK ? 0 : SLOT_ALIGNMENT);
    return ((growth_config.stack_bytes_max + alignment_mask) & ~alignment_mask) + extra_bytes;
}

// The lock is held. Returns whether there is a new chunk.
static bool add_chunk(void)
{
    if (reserve.chunk_count == CHUNK_COUNT_MAX) {
        return false;
    }
    struct chunk *const chunk = &reserve.chunks[reserve.chunk_count];
    const size_t wanted_count = (size_t)CHUNK_STACK_COUNT_FIRST << reserve.chunk_count;
    chunk->base = NULL;
    reserve.slot_bytes = slot_bytes();
    for (size_t count = wanted_count; count > 0 && !chunk->base; count /= 2) {
        size_t size_bytes;
        if (!__builtin_mul_overflow(count, reserve.slot_bytes, &size_bytes)) {
            chunk->base = os_memory_map(size_bytes);
            chunk->stack_count = count;
        }
    }
    if (!chunk->base) {
        return false;
    }
    chunk->stacks = os_memory_map(chunk->stack_count * sizeof *chunk->stacks);
    if (!chunk->stacks) {
        os_memory_release(chunk->base, chunk->stack_count * reserve.slot_bytes);
        return false;
    }
    // A huge page for each stack would be 2 MiB for one.
    madvise(chunk->base, chunk->stack_count * reserve.slot_bytes, MADV_NOHUGEPAGE);
    reserve.chunk_count++;
    reserve.used_count = 0;
    return true;
}

static void add(_Atomic(uint64_t) *counter, size_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static void set_extent(struct stack *stack, size_t extent_bytes)
{
    add(&reserve.bytes_in_use, extent_bytes - stack->extent_bytes);
    stack->extent_bytes = extent_bytes;
    if (extent_bytes > stack->committed_bytes) {
        // The first extent of each is its own, and is not given back.
        if (stack->committed_bytes > 0) {
            add(&reserve.committed_bytes, extent_bytes - stack->committed_bytes);
        }
        stack->committed_bytes = extent_bytes;
    }
}

// Gives the memory beyond the extent back.
static void trim(struct stack *stack)
{
    ASSERT(stack->committed_bytes >= stack->extent_bytes);
    const size_t page_mask = PAGE_BYTES - 1;
    const size_t kept_bytes = (stack->extent_bytes + page_mask) & ~page_mask;
    if (stack->committed_bytes > kept_bytes) {
        const size_t end_bytes = (stack->committed_bytes + page_mask) & ~page_mask;
        madvise(stack_top(stack) - end_bytes, end_bytes - kept_bytes, MADV_DONTNEED);
        add(&reserve.committed_bytes, stack->extent_bytes - stack->committed_bytes);
        stack->committed_bytes = stack->extent_bytes;
    }
}

struct stack *reserve_acquire(void)
{
    struct stack *stack = NULL;
    lock_acquire(&reserve.lock);
    struct chunk *chunk = reserve.chunk_count > 0 ? &reserve.chunks[reserve.chunk_count - 1] : NULL;
    if ((chunk && reserve.used_count < chunk->stack_count) || add_chunk()) {
        chunk = &reserve.chunks[reserve.chunk_count - 1];
        const size_t index = reserve.used_count++;
        stack = &chunk->stacks[index];
        stack->base = chunk->base + index * reserve.slot_bytes;
        stack->size_bytes = reserve.slot_bytes - index % COLOUR_COUNT * PAGE_BYTES;
    }
    lock_release(&reserve.lock);
    if (stack) {
        stack->valgrind_id = VALGRIND_HOOKS_STACK_ADD(stack->base, stack_top(stack));
        set_extent(stack, growth_config.stack_bytes_min);
        if (!CONTEXT_CHECKS_STACK) {
            mprotect(stack->base, SLOT_ALIGNMENT, PROT_NONE);
        }
    }
    return stack;
}

// What was ever used of a stack, as far as a tool that follows it cares.
static void allow_all(const struct stack *stack)
{
    fibre_allow(stack_top(stack) - stack->committed_bytes, stack->committed_bytes);
}

void reserve_reset(struct stack *stack)
{
    allow_all(stack);
    set_extent(stack, growth_config.stack_bytes_min);
    if (atomic_load_explicit(&reserve.committed_bytes, memory_order_relaxed) > KEPT_BYTES_MAX) {
        trim(stack);
    }
}

bool reserve_extend(struct coroutine *coroutine, size_t frame_bytes)
{
    struct stack *const stack = coroutine->stack;
    const size_t used_bytes = (size_t)(stack_top(stack) - (char *)coroutine->sp);
    const size_t need_bytes = used_bytes + frame_bytes + STACK_SLACK_BYTES;
    if (need_bytes <= stack->extent_bytes) {
        return false; // stress
    }
    if (need_bytes > growth_config.stack_bytes_max) {
        growth_overflow(coroutine, need_bytes);
    }
    size_t extent_bytes = stack->extent_bytes;
    while (extent_bytes < need_bytes) {
        extent_bytes *= 2;
    }
    if (extent_bytes > growth_config.stack_bytes_max) {
        extent_bytes = growth_config.stack_bytes_max;
    }
    set_extent(stack, extent_bytes);
    coroutine->stack_limit = growth_limit(stack);
    return true;
}

bool reserve_shrink(struct coroutine *coroutine)
{
    struct stack *const stack = coroutine->stack;
    const size_t half_bytes = stack->extent_bytes / 2;
    const size_t used_bytes = (size_t)(stack_top(stack) - (char *)coroutine->sp);
    if (half_bytes < growth_config.stack_bytes_min ||
        used_bytes + STACK_SLACK_BYTES >= stack->extent_bytes / 4) {
        return false;
    }
    set_extent(stack, half_bytes);
    trim(stack);
    coroutine->stack_limit = growth_limit(stack);
    return true;
}

uint64_t reserve_bytes_in_use(void)
{
    return atomic_load_explicit(&reserve.bytes_in_use, memory_order_relaxed);
}

void reserve_release(void)
{
    while (reserve.chunk_count > 0) {
        const struct chunk *const chunk = &reserve.chunks[--reserve.chunk_count];
        for (size_t i = 0; FOLLOWED && i < chunk->stack_count && chunk->stacks[i].base; i++) {
            allow_all(&chunk->stacks[i]);
            if (VALGRIND_HOOKS_ACTIVE) {
                VALGRIND_HOOKS_STACK_DROP(chunk->stacks[i].valgrind_id);
            }
        }
        os_memory_release(chunk->base, chunk->stack_count * reserve.slot_bytes);
        os_memory_release(chunk->stacks, chunk->stack_count * sizeof *chunk->stacks);
    }
    reserve.used_count = 0;
    atomic_store(&reserve.bytes_in_use, 0);
    atomic_store(&reserve.committed_bytes, 0);
}
