// The x86-64 part of context.h, which describes it.
#ifndef RUNTIME_X86_64_CONTEXT_X86_64_H
#define RUNTIME_X86_64_CONTEXT_X86_64_H

#include <stdint.h>

enum { CONTEXT_CHECKS_STACK = 1 };

void context_start(void);

static inline void *context_prepare(void *top)
{
    // Six registers and the return address, so that context_start begins with an aligned stack. The
    // words above stay zero: a pointer one past the outermost frame still lies inside the stack and
    // moves with it.
    // One by one: of a loop gcc makes `rep stos`, which takes longer than the rest of a spawn.
    uint64_t *sp = (uint64_t *)top - 13;
    sp[0] = sp[1] = sp[2] = sp[3] = sp[4] = sp[5] = 0;
    sp[6] = (uint64_t)(uintptr_t)context_start;
    sp[7] = sp[8] = sp[9] = sp[10] = sp[11] = sp[12] = 0;
    return sp;
}

// The limit that function prologues of -fsplit-stack code compare the stack pointer with: a word of
// the thread's control block that glibc keeps free for it. 0 lets every check pass.
static inline void context_limit_set(uintptr_t limit)
{
    __asm__ volatile("movq %0, %%fs:0x70" : : "r"(limit) : "memory");
}

// Where that word of the running thread lies, for others to write it.
static inline uintptr_t *context_limit_slot(void)
{
    char *thread;
    __asm__("movq %%fs:0, %0" : "=r"(thread));
    return (uintptr_t *)(thread + 0x70);
}

// Vector registers hold arguments when a prologue asks for stack. These save and restore them, in
// 64-byte aligned memory. The control words stay as they are at the time: all coroutines share
// them.
enum { CONTEXT_VECTOR_BYTES = 2752 }; // up to AVX-512's

static inline void context_vectors_save(void *area)
{
    // Components 1, 2, 5, 6, 7: SSE, AVX, AVX-512. The header must be zero.
    for (int i = 64; i < 72; i++) {
        ((volatile uint64_t *)area)[i] = 0;
    }
    __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(0xe6), "d"(0) : "memory");
}

static inline void context_vectors_restore(void *area)
{
    // The area's copy of mxcsr becomes the current one, which is loaded along.
    __asm__ volatile("stmxcsr 24(%0)" : : "r"(area) : "memory");
    __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(0xe6), "d"(0) : "memory");
}

static inline void context_pause(void)
{
    __builtin_ia32_pause();
}

#define CONTEXT_SIGNAL_SP(context)                                                                 \
    ((void *)(uintptr_t)((const ucontext_t *)(context))->uc_mcontext.gregs[REG_RSP])
#define CONTEXT_SIGNAL_PC(context)                                                                 \
    ((uintptr_t)((const ucontext_t *)(context))->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SIGNAL_GO_ON(context, address)                                                     \
    (((ucontext_t *)(context))->uc_mcontext.gregs[REG_RIP] = (greg_t)(address))

enum { CONTEXT_RED_ZONE_BYTES = 128 };

static inline void *context_stack_pointer(void)
{
    void *sp;
    __asm__ volatile("movq %%rsp, %0" : "=r"(sp));
    return sp;
}

#endif
