// Compiled with -mgeneral-regs-only, like stack.c and for the same reason.
#include "runtime/reserve.h"

#include "base/assert.h"
#include "runtime/fibre.h"
#include "runtime/lock.h"
#include "runtime/os_memory.h"

#include <sys/mman.h>

enum {
    PAGE_BYTES = 4096,
    // Stacks end at different pages of these many: all ending at the same address modulo a large
    // power of two, their hottest lines would compete for the same few sets of the caches.
    COLOUR_COUNT = 16,
    STACK_COUNT_MAX = 1 << 20,
};

// As much of 47 bits as leaves room for everything else; the system may grant less.
static const size_t RESERVATION_BYTES_MAX = (size_t)112 << 40;

// Memory that finished coroutines leave behind is kept for the next ones up to this sum, as that of
// other strategies is (stack.c).
static const size_t KEPT_BYTES_MAX = (size_t)256 << 20;

static struct {
    struct lock lock;
    char *base; // NULL before the first stack
    size_t slot_bytes;
    size_t slot_count;
    size_t used_count; // slots that have been a stack
    struct stack *stacks;
    _Atomic(uint64_t) bytes_in_use;
    _Atomic(uint64_t) committed_bytes; // beyond the first extents
} reserve;

static void init(void)
{
    const size_t page_mask = PAGE_BYTES - 1;
    reserve.slot_bytes = ((growth_config.stack_bytes_max + page_mask) & ~page_mask) +
                         (size_t)COLOUR_COUNT * PAGE_BYTES;
    size_t count = RESERVATION_BYTES_MAX / reserve.slot_bytes;
    count = count < STACK_COUNT_MAX ? count : STACK_COUNT_MAX;
    for (; count > 0; count = count * 3 / 4) {
        reserve.base = os_memory_map(count * reserve.slot_bytes);
        if (reserve.base) {
            break;
        }
    }
    if (!reserve.base) {
        return;
    }
    reserve.stacks = os_memory_map(count * sizeof *reserve.stacks);
    if (!reserve.stacks) {
        os_memory_release(reserve.base, count * reserve.slot_bytes);
        reserve.base = NULL;
        return;
    }
    reserve.slot_count = count;
    // A huge page for each stack would be 2 MiB for one.
    madvise(reserve.base, count * reserve.slot_bytes, MADV_NOHUGEPAGE);
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
    if (!reserve.base) {
        init();
    }
    if (reserve.used_count < reserve.slot_count) {
        const size_t index = reserve.used_count++;
        stack = &reserve.stacks[index];
        stack->base = reserve.base + index * reserve.slot_bytes;
        stack->size_bytes = reserve.slot_bytes - index % COLOUR_COUNT * PAGE_BYTES;
    }
    lock_release(&reserve.lock);
    if (stack) {
        stack->valgrind_id = VALGRIND_HOOKS_STACK_ADD(stack->base, stack_top(stack));
        set_extent(stack, growth_config.stack_bytes_min);
    }
    return stack;
}

void reserve_reset(struct stack *stack)
{
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
    if (!reserve.base) {
        return;
    }
    for (size_t i = 0; VALGRIND_HOOKS_ACTIVE && i < reserve.used_count; i++) {
        VALGRIND_HOOKS_STACK_DROP(reserve.stacks[i].valgrind_id);
    }
    os_memory_release(reserve.base, reserve.slot_count * reserve.slot_bytes);
    os_memory_release(reserve.stacks, reserve.slot_count * sizeof *reserve.stacks);
    reserve.base = NULL;
    reserve.slot_count = 0;
    reserve.used_count = 0;
    atomic_store(&reserve.bytes_in_use, 0);
    atomic_store(&reserve.committed_bytes, 0);
}
