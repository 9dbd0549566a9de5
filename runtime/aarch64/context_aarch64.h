// The aarch64 part of context.h, which describes it.
//
// gcc has no -fsplit-stack here, so nothing checks the stack: stacks are reserved ones, each with
// an inaccessible page below it, and a coroutine is preempted only where it calls the runtime.
#ifndef RUNTIME_AARCH64_CONTEXT_AARCH64_H
#define RUNTIME_AARCH64_CONTEXT_AARCH64_H

#include <stdint.h>

enum { CONTEXT_CHECKS_STACK = 0 };

void context_start(void);

extern __thread uintptr_t context_limit __attribute__((visibility("hidden")));

static inline void *context_prepare(void *top)
{
    // Twenty registers; what lies above them stays zero.
    uint64_t *const sp = (uint64_t *)top - 24;
    for (int i = 0; i < 24; i++) {
        sp[i] = 0;
    }
    sp[11] = (uint64_t)(uintptr_t)context_start; // x30
    return sp;
}

static inline void context_limit_set(uintptr_t limit)
{
    __atomic_store_n(&context_limit, limit, __ATOMIC_RELAXED);
}

static inline uintptr_t *context_limit_slot(void)
{
    return &context_limit;
}

// Nothing stops in a prologue.
enum { CONTEXT_VECTOR_BYTES = 64 };

static inline void context_vectors_save(void *area)
{
    __builtin_memset(area, 0, CONTEXT_VECTOR_BYTES);
}

static inline void context_vectors_restore(void *area)
{
    (void)area;
}

static inline void context_pause(void)
{
    __asm__ volatile("yield");
}

#define CONTEXT_SIGNAL_SP(context)                                                                 \
    ((void *)(uintptr_t)((const ucontext_t *)(context))->uc_mcontext.sp)
#define CONTEXT_SIGNAL_PC(context) ((uintptr_t)((const ucontext_t *)(context))->uc_mcontext.pc)
#define CONTEXT_SIGNAL_GO_ON(context, address)                                                     \
    (((ucontext_t *)(context))->uc_mcontext.pc = (address))

enum { CONTEXT_RED_ZONE_BYTES = 0 };

static inline void *context_stack_pointer(void)
{
    void *sp;
    __asm__ volatile("mov %0, sp" : "=r"(sp));
    return sp;
}

#endif
