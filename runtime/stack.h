// The memory of coroutine stacks: acquired and dropped by size, cached by size class.
//
// Sizes are powers of two. Small stacks are cut from larger mappings, large ones are mapped alone;
// neither goes back to the system before stack_pool_release(), except what exceeds
// STACK_CACHE_BYTES_MAX, because mapping and first-touching a stack costs far more than using it
// (docs/runtime.md).
#ifndef RUNTIME_STACK_H
#define RUNTIME_STACK_H

#include "runtime/lock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What stays free below the limit that function prologues compare with: a prologue with a frame
// under 256 bytes does not subtract it before comparing, a leaf uses 128 bytes of red zone, and a
// function of the runtime, which does not check, may be called from there (384 bytes remain for it,
// __morestack's registers included). Sanitizer builds set more: their interceptors run on the same
// stack.
#ifndef STACK_SLACK_BYTES
#define STACK_SLACK_BYTES 768
#endif

enum { STACK_CLASS_COUNT = 48 }; // class c holds stacks of 1 << c bytes

// 64 bytes, because each parked coroutine has one.
struct stack {
    char *base; // lowest address
    size_t size_bytes;
    // In a list of the pool; while a segment is in use, the one kept for the next that is needed.
    struct stack *next;
    struct stack *mapping; // the record of the mapping that holds this stack alone; else NULL
    union {
        // A mapping's record: base, size_bytes and next are the mapping's.
        struct stack **mapping_link;
        // A segment (segment.h): the one before it, where its code stopped, the size of all.
        struct {
            struct stack *older;
            void *older_sp;
            size_t total_bytes;
        };
        // A reserved stack (reserve.h): what its coroutine may use now, and what was ever used.
        struct {
            size_t extent_bytes;
            size_t committed_bytes;
        };
    };
    unsigned valgrind_id; // of the stack as valgrind knows it
};

_Static_assert(sizeof(struct stack) == 64, "as much as it says above");

struct stack_list {
    struct stack *head;
    struct stack *tail;
    size_t count;
};

// Shared by all procs: growing a stack costs more than its lock.
struct stack_pool {
    struct lock lock;
    struct stack_list free[STACK_CLASS_COUNT];
    struct stack *descriptors; // unused ones
    struct stack *blocks;      // of descriptors, linked by their first
    struct stack *mappings;    // the records of mappings
    size_t cached_bytes;       // in `free`
    _Atomic(uint64_t) bytes_in_use;
    bool quarantine; // dropped stacks become inaccessible and are not used again soon
};

// A pool without stacks. With quarantine, every stack has its own mapping, is made inaccessible
// when dropped, and is used again only after several others of its class, so that a stale pointer
// into it faults.
void stack_pool_init(struct stack_pool *pool, bool quarantine);

// Unmaps every stack, those in use included.
void stack_pool_release(struct stack_pool *pool);

// A stack of size_bytes (a power of two), contents undefined; NULL when the system refuses the
// memory.
struct stack *stack_acquire(struct stack_pool *pool, size_t size_bytes);

// Gives the stack back. Its contents stay intact until the next stack_acquire() unless the pool is
// in quarantine.
void stack_drop(struct stack_pool *pool, struct stack *stack);

static inline char *stack_top(const struct stack *stack)
{
    return stack->base + stack->size_bytes;
}

static inline bool stack_contains(const struct stack *stack, const void *address)
{
    return (uintptr_t)address - (uintptr_t)stack->base < stack->size_bytes;
}

// Copies the part of `from` at and above `sp` to the top of `to`, and moves every aligned word of
// it that points into `from` along; their number is added to *relocated_words. Returns the address
// of sp's copy. `to` has room for it.
void *stack_copy(const struct stack *from, const struct stack *to, const void *sp,
                 uint64_t *relocated_words);

// What a pointer that may point into `from` becomes when its contents have moved to `to`.
void *stack_relocate(const struct stack *from, const struct stack *to, void *pointer);

#endif
