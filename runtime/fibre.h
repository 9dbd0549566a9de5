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
#ifndef RUNTIME_FIBRE_H
#define RUNTIME_FIBRE_H

#include <stdbool.h>
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
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

// ThreadSanitizer's calls use the vector registers: for functions that must leave those alone.
#define FIBRE_UNSEEN __attribute__((no_sanitize("thread")))

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

#if defined(__SANITIZE_THREAD__) && !defined(FIBRE_TSAN_OFF)
#define FIBRE_IS_SEEN true

struct fibre {
    void *tsan;
};

// The thread's own.
static inline void fibre_of_thread(struct fibre *fibre)
{
    fibre->tsan = __tsan_get_current_fiber();
}

static inline void fibre_create(struct fibre *fibre)
{
    fibre->tsan = __tsan_create_fiber(0);
}

// Must not be running. Does nothing when there is none.
static inline void fibre_destroy(struct fibre *fibre)
{
    if (fibre->tsan) {
        __tsan_destroy_fiber(fibre->tsan);
        fibre->tsan = 0;
    }
}

// To be called right before the switch.
static inline __attribute__((always_inline)) void fibre_switch(const struct fibre *to)
{
    __tsan_switch_to_fiber(to->tsan, 0);
}

#else
#define FIBRE_IS_SEEN false

struct fibre {
};

static inline void fibre_of_thread(struct fibre *fibre)
{
    (void)fibre;
}

static inline void fibre_create(struct fibre *fibre)
{
    (void)fibre;
}

static inline void fibre_destroy(struct fibre *fibre)
{
    (void)fibre;
}

static inline void fibre_switch(const struct fibre *to)
{
    (void)to;
}

#endif

#endif
