// This file is compiled with -mgeneral-regs-only and calls nothing of libc but system calls: it
// runs while the vector registers hold the arguments of the function whose prologue asked for more
// stack.
#define _GNU_SOURCE // MADV_HUGEPAGE
#include "runtime/stack.h"

#include "base/assert.h"
#include "runtime/fibre.h"

#include <sys/mman.h>

enum {
    // Below this size, stacks are cut from mappings of this size: a page and more each would be
    // wasted on 2 KiB stacks.
    STACK_CUT_BYTES = 256 * 1024,
    DESCRIPTOR_BLOCK_BYTES = 64 * 1024,
    // A stale pointer into a quarantined stack stays detectable for this many moves of a coroutine.
    QUARANTINE_COUNT = 8,
};

// Cached stacks beyond this go back to the system: one coroutine that once grew to the full 1 GiB
// must not hold it for ever, while any common pattern of growth and return stays below.
static const size_t STACK_CACHE_BYTES_MAX = (size_t)256 << 20;
static const size_t PAGE_BYTES = 4096;
static const size_t HUGE_PAGE_BYTES = (size_t)2 << 20;

static struct stack *descriptor_new(struct stack_pool *pool)
{
    if (!pool->descriptors) {
        struct stack *block = mmap(NULL, DESCRIPTOR_BLOCK_BYTES, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) {
            return NULL;
        }
        block->next = pool->blocks;
        pool->blocks = block;
        for (size_t i = DESCRIPTOR_BLOCK_BYTES / sizeof *block - 1; i > 0; i--) {
            block[i].next = pool->descriptors;
            pool->descriptors = &block[i];
        }
    }
    struct stack *stack = pool->descriptors;
    pool->descriptors = stack->next;
    *stack = (struct stack){0};
    return stack;
}

static void descriptor_drop(struct stack_pool *pool, struct stack *stack)
{
    VALGRIND_HOOKS_STACK_DROP(stack->valgrind_id);
    stack->valgrind_id = 0;
    stack->next = pool->descriptors;
    pool->descriptors = stack;
}

static void list_push(struct stack_list *list, struct stack *stack)
{
    stack->next = list->head;
    list->head = stack;
    if (!list->tail) {
        list->tail = stack;
    }
    list->count++;
}

static void list_append(struct stack_list *list, struct stack *stack)
{
    stack->next = NULL;
    *(list->tail ? &list->tail->next : &list->head) = stack;
    list->tail = stack;
    list->count++;
}

static struct stack *list_pop(struct stack_list *list)
{
    struct stack *stack = list->head;
    list->head = stack->next;
    if (!list->head) {
        list->tail = NULL;
    }
    list->count--;
    return stack;
}

static unsigned class_of(size_t size_bytes)
{
    ASSERT(size_bytes > 0);
    ASSERT((size_bytes & (size_bytes - 1)) == 0);
    return (unsigned)__builtin_ctzll(size_bytes);
}

static struct stack *mapping_add(struct stack_pool *pool, char *base, size_t size_bytes)
{
    struct stack *const mapping = descriptor_new(pool);
    if (mapping) {
        mapping->base = base;
        mapping->size_bytes = size_bytes;
        mapping->next = pool->mappings;
        mapping->mapping_link = &pool->mappings;
        if (pool->mappings) {
            pool->mappings->mapping_link = &mapping->next;
        }
        pool->mappings = mapping;
    }
    return mapping;
}

static void unmap(struct stack_pool *pool, struct stack *mapping)
{
    fibre_allow(mapping->base, mapping->size_bytes);
    munmap(mapping->base, mapping->size_bytes);
    *mapping->mapping_link = mapping->next;
    if (mapping->next) {
        mapping->next->mapping_link = mapping->mapping_link;
    }
    mapping->next = pool->descriptors;
    pool->descriptors = mapping;
}

// A stack this large comes into being half full: the system may as well fill it by huge pages, at
// a fault each for what would be 512.
static char *map_memory(size_t size_bytes)
{
    const size_t spare_bytes = size_bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : 0;
    char *const base = mmap(NULL, size_bytes + spare_bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return NULL;
    }
    if (!spare_bytes) {
        return base;
    }
    const size_t before_bytes = -(uintptr_t)base % HUGE_PAGE_BYTES;
    if (before_bytes > 0) {
        munmap(base, before_bytes);
    }
    if (before_bytes < spare_bytes) {
        munmap(base + before_bytes + size_bytes, spare_bytes - before_bytes);
    }
    madvise(base + before_bytes, size_bytes, MADV_HUGEPAGE);
    return base + before_bytes;
}

// Maps memory for stacks of size_bytes and puts them all into their free list. Returns false when
// refused.
static bool map(struct stack_pool *pool, size_t size_bytes)
{
    const size_t alone_bytes = size_bytes < PAGE_BYTES ? PAGE_BYTES : size_bytes;
    const bool cut = !pool->quarantine && size_bytes < STACK_CUT_BYTES;
    const size_t mapping_bytes = cut ? STACK_CUT_BYTES : alone_bytes;
    char *base = map_memory(mapping_bytes);
    if (!base) {
        return false;
    }
    struct stack *const mapping = mapping_add(pool, base, mapping_bytes);
    if (!mapping) {
        munmap(base, mapping_bytes);
        return false;
    }
    struct stack_list *list = &pool->free[class_of(size_bytes)];
    // From the top down, so that the list hands out ascending addresses.
    const size_t count = cut ? mapping_bytes / size_bytes : 1;
    for (size_t i = count; i-- > 0;) {
        struct stack *stack = descriptor_new(pool);
        if (!stack) {
            // What was cut so far serves.
            return i + 1 < count;
        }
        stack->base = base + i * size_bytes;
        stack->size_bytes = size_bytes;
        stack->mapping = cut ? NULL : mapping;
        stack->valgrind_id = VALGRIND_HOOKS_STACK_ADD(stack->base, stack->base + size_bytes);
        list_push(list, stack);
        pool->cached_bytes += size_bytes;
    }
    return true;
}

void stack_pool_init(struct stack_pool *pool, bool quarantine)
{
    *pool = (struct stack_pool){.quarantine = quarantine};
}

void stack_pool_release(struct stack_pool *pool)
{
    while (pool->mappings) {
        unmap(pool, pool->mappings);
    }
    for (struct stack *block = pool->blocks; block;) {
        struct stack *next = block->next;
        // Pieces of a mapping were not dropped one by one.
        for (size_t i = 1; VALGRIND_HOOKS_ACTIVE && i < DESCRIPTOR_BLOCK_BYTES / sizeof *block;
             i++) {
            if (block[i].valgrind_id) {
                VALGRIND_HOOKS_STACK_DROP(block[i].valgrind_id);
            }
        }
        munmap(block, DESCRIPTOR_BLOCK_BYTES);
        block = next;
    }
    *pool = (struct stack_pool){0};
}

struct stack *stack_acquire(struct stack_pool *pool, size_t size_bytes)
{
    struct stack_list *list = &pool->free[class_of(size_bytes)];
    lock_acquire(&pool->lock);
    if (list->count <= (pool->quarantine ? QUARANTINE_COUNT : 0)) {
        if (!map(pool, size_bytes)) {
            lock_release(&pool->lock);
            return NULL;
        }
        // In quarantine the new stack was pushed in front of the older ones.
    }
    struct stack *stack = list_pop(list);
    if (pool->quarantine) {
        mprotect(stack->base, stack->mapping->size_bytes, PROT_READ | PROT_WRITE);
    }
    fibre_allow(stack->base, size_bytes);
    pool->cached_bytes -= size_bytes;
    atomic_fetch_add_explicit(&pool->bytes_in_use, size_bytes, memory_order_relaxed);
    lock_release(&pool->lock);
    return stack;
}

void stack_drop(struct stack_pool *pool, struct stack *stack)
{
    ASSERT(pool->bytes_in_use >= stack->size_bytes);
    atomic_fetch_sub_explicit(&pool->bytes_in_use, stack->size_bytes, memory_order_relaxed);
    lock_acquire(&pool->lock);
    struct stack_list *list = &pool->free[class_of(stack->size_bytes)];
    fibre_forbid(stack->base, stack->size_bytes);
    if (pool->quarantine) {
        mprotect(stack->base, stack->mapping->size_bytes, PROT_NONE);
        list_append(list, stack);
        pool->cached_bytes += stack->size_bytes;
    } else if (stack->size_bytes >= STACK_CUT_BYTES &&
               pool->cached_bytes + stack->size_bytes > STACK_CACHE_BYTES_MAX) {
        unmap(pool, stack->mapping);
        descriptor_drop(pool, stack);
    } else {
        list_push(list, stack);
        pool->cached_bytes += stack->size_bytes;
    }
    lock_release(&pool->lock);
}

void *stack_relocate(const struct stack *from, const struct stack *to, void *pointer)
{
    if (!stack_contains(from, pointer)) {
        return pointer;
    }
    return stack_top(to) - (stack_top(from) - (char *)pointer);
}

// The words are copied as the machine left them, return addresses and integers included: an integer
// that happens to equal an address of the stack would be changed. On 64-bit machines none does by
// accident.
__attribute__((no_sanitize("address", "thread", "undefined"))) void *
stack_copy(const struct stack *from, const struct stack *to, const void *sp,
           uint64_t *relocated_words)
{
    ASSERT(stack_contains(from, sp));
    ASSERT((uintptr_t)sp % sizeof(uintptr_t) == 0);
    const size_t used_bytes = (size_t)(stack_top(from) - (const char *)sp);
    ASSERT(used_bytes <= to->size_bytes);
    const uintptr_t from_base = (uintptr_t)from->base;
    const uintptr_t moved_by = (uintptr_t)stack_top(to) - (uintptr_t)stack_top(from);
    const size_t from_bytes = from->size_bytes;
    uint64_t count = 0;
    const uintptr_t *source = sp;
    uintptr_t *target = (uintptr_t *)(stack_top(to) - used_bytes);
    // A branch, not a conditional move: few words are addresses of the stack, and those of repeated
    // frames come in a rhythm that is predicted.
#pragma GCC unroll 4
    for (size_t i = 0; i < used_bytes / sizeof *source; i++) {
        const uintptr_t word = source[i];
        target[i] = word;
        if (__builtin_expect(word - from_base < from_bytes, 0)) {
            target[i] = word + moved_by;
            count++;
        }
    }
    *relocated_words += count;
    fibre_copied(sp, (char *)target, used_bytes, from_bytes);
    return target;
}
