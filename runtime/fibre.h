// Tells tools that follow stacks where they are and when they change: valgrind, ThreadSanitizer,
// AddressSanitizer. Without them everything here is nothing.
//
// valgrind: its tools take a switch for what it is and not for a huge move of one stack. Outside
// valgrind a hook is a few instructions that do nothing, on paths that map memory; without
// valgrind's headers, or with VALGRIND_HOOKS_OFF, it is nothing.
//
// ThreadSanitizer: each coroutine is a fibre with a stack of calls of its own; a switch orders what
// one worker's coroutines do. Code compiled with --param tsan-instrument-func-entry-exit=0 keeps no
// such stack and needs none of this (FIBRE_TSAN_OFF): a worker's coroutines are one thread then.
//
// AddressSanitizer: it is told of every change of stack, calls on the system stack and segments
// included, because it names the frame that an address lies in, and clears what is left of a stack
// that a function without return leaves. Stacks that nobody uses are poisoned: an address of a
// local that its stack has left behind by moving is reported. Compiled code marks what lies between
// the locals of a frame in the shadow memory, a byte for eight; when a stack moves, its shadow
// moves along, and so do the shadow's addresses that the frames hold.
//
// The calls are made right before a switch, not on both sides of it: nothing that these tools see
// happens between.
#ifndef RUNTIME_FIBRE_H
#define RUNTIME_FIBRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif
#if defined(__SANITIZE_THREAD__) && !defined(FIBRE_TSAN_OFF)
#define FIBRE_TSAN
#elif defined(__SANITIZE_ADDRESS__)
#define FIBRE_ASAN
#include <sanitizer/asan_interface.h>
// The runtime library's, for debuggers: no header declares it.
void __asan_get_shadow_mapping(size_t *scale, size_t *offset);
#endif

#if !defined(VALGRIND_HOOKS_OFF) && __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define VALGRIND_HOOKS_ACTIVE (RUNNING_ON_VALGRIND > 0)
// The id of the stack from base up to, but not including, top; to be given back.
#define VALGRIND_HOOKS_STACK_ADD(base, top) ((unsigned)VALGRIND_STACK_REGISTER((base), (top)))
#define VALGRIND_HOOKS_STACK_DROP(id) VALGRIND_STACK_DEREGISTER(id)
#else
#define VALGRIND_HOOKS_ACTIVE false
#define VALGRIND_HOOKS_STACK_ADD(base, top) 0u
#define VALGRIND_HOOKS_STACK_DROP(id) ((void)(id))
#endif

// The sanitizers' calls use the vector registers: for functions that must leave those alone, and so
// save them first.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define FIBRE_USES_VECTORS true
#else
#define FIBRE_USES_VECTORS false
#endif
#define FIBRE_UNSEEN __attribute__((no_sanitize("address", "thread")))

// For a function that leaves its stack by a call that does not return, and what is inlined into it:
// AddressSanitizer would have that call clear the stack that it takes for the running one, which is
// the next one by then. So the function must mark nothing on its own.
#define FIBRE_LEAVES __attribute__((no_sanitize("address")))

#define FIBRE_INLINE FIBRE_LEAVES static inline __attribute__((always_inline))

// To be called before the running coroutine's stack pointer is published in *sp, which is what
// allows another worker to run it: assembly does that, which ThreadSanitizer does not see.
static inline void fibre_stop(void *sp)
{
#ifdef __SANITIZE_THREAD__
    __tsan_release(sp);
#else
    (void)sp;
#endif
}

#if defined(FIBRE_TSAN)
#define FIBRE_IS_SEEN true

struct fibre {
    void *tsan;
};

#elif defined(FIBRE_ASAN)
#define FIBRE_IS_SEEN true

struct fibre {
    void *fake_stack; // of detect_stack_use_after_return, while the fibre does not run
    const void *base; // of its stack; a thread's is found at the first switch
    size_t size_bytes;
};

#else
#define FIBRE_IS_SEEN false

struct fibre {
};
#endif

// The thread's own.
static inline void fibre_of_thread(struct fibre *fibre)
{
#if defined(FIBRE_TSAN)
    fibre->tsan = __tsan_get_current_fiber();
#else
    *fibre = (struct fibre){};
#endif
}

// A coroutine's, in place of the one that it had when it ran before. Zeroed: it had none.
static inline void fibre_create(struct fibre *fibre)
{
#if defined(FIBRE_TSAN)
    if (fibre->tsan) {
        __tsan_destroy_fiber(fibre->tsan);
    }
    fibre->tsan = __tsan_create_fiber(0);
#else
    *fibre = (struct fibre){};
#endif
}

// Must not be running. Does nothing when there is none.
static inline void fibre_destroy(struct fibre *fibre)
{
#if defined(FIBRE_TSAN)
    if (fibre->tsan) {
        __tsan_destroy_fiber(fibre->tsan);
    }
#endif
    *fibre = (struct fibre){};
}

// The stack that the fibre goes on with.
static inline void fibre_set_stack(struct fibre *fibre, const void *base, size_t size_bytes)
{
#if defined(FIBRE_ASAN)
    fibre->base = base;
    fibre->size_bytes = size_bytes;
#else
    (void)fibre;
    (void)base;
    (void)size_bytes;
#endif
}

// To be called right before the running fibre goes on with another stack: the system stack during a
// call, the coroutine's afterwards, another segment. `from` is NULL when it has ended.
FIBRE_INLINE void fibre_change_stack(struct fibre *from, const struct fibre *to)
{
#if defined(FIBRE_ASAN)
    const void *base;
    size_t size_bytes;
    __sanitizer_start_switch_fiber(from ? &from->fake_stack : NULL, to->base, to->size_bytes);
    __sanitizer_finish_switch_fiber(to->fake_stack, &base, &size_bytes);
    if (from && !from->base) {
        fibre_set_stack(from, base, size_bytes);
    }
#else
    (void)from;
    (void)to;
#endif
}

// To be called right before the switch to another fibre. `from` is NULL when it has ended.
FIBRE_INLINE void fibre_switch(struct fibre *from, const struct fibre *to)
{
#if defined(FIBRE_TSAN)
    (void)from;
    __tsan_switch_to_fiber(to->tsan, 0);
#else
    fibre_change_stack(from, to);
#endif
}

// Memory of stacks that nobody may touch, and that may be used again, or given back.
static inline void fibre_forbid(const void *base, size_t size_bytes)
{
#if defined(FIBRE_ASAN)
    __asan_poison_memory_region(base, size_bytes);
#else
    (void)base;
    (void)size_bytes;
#endif
}

static inline void fibre_allow(const void *base, size_t size_bytes)
{
#if defined(FIBRE_ASAN)
    __asan_unpoison_memory_region(base, size_bytes);
#else
    (void)base;
    (void)size_bytes;
#endif
}

// Whether a word may hold a pointer: between a frame's locals lies what earlier frames left.
static inline bool fibre_may_hold(const void *word)
{
#if defined(FIBRE_ASAN)
    return !__asan_address_is_poisoned(word);
#else
    (void)word;
    return true;
#endif
}

// A stack's contents at `from` have been copied to `to`. Moves their shadow, and the addresses in
// them of the shadow of the old stack, which ends where they end: gcc keeps those across calls,
// shifted, with and without the offset.
FIBRE_UNSEEN static inline void fibre_copied(const char *from, char *to, size_t used_bytes,
                                             size_t from_stack_bytes)
{
#if defined(FIBRE_ASAN)
    size_t scale;
    size_t offset;
    __asan_get_shadow_mapping(&scale, &offset);
    const uintptr_t from_shadow = (uintptr_t)from >> scale;
    const uintptr_t moved_by = ((uintptr_t)to >> scale) - from_shadow;
    const volatile uint8_t *const source = (const volatile uint8_t *)(from_shadow + offset);
    for (size_t i = 0; i < used_bytes >> scale; i++) {
        ((volatile uint8_t *)source)[moved_by + i] = source[i];
    }
    const uintptr_t lowest = ((uintptr_t)from + used_bytes - from_stack_bytes) >> scale;
    uintptr_t *const words = (uintptr_t *)to;
    for (size_t i = 0; i < used_bytes / sizeof *words; i++) {
        if (words[i] - lowest < from_stack_bytes >> scale ||
            words[i] - offset - lowest < from_stack_bytes >> scale) {
            words[i] += moved_by;
        }
    }
#else
    (void)from;
    (void)to;
    (void)used_bytes;
    (void)from_stack_bytes;
#endif
}

#endif
