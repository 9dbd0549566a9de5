// Switching stacks: what an architecture's folder supplies.
#ifndef RUNTIME_CONTEXT_H
#define RUNTIME_CONTEXT_H

#include <stdint.h>

// Saves the running context on its stack and the stack pointer in *save_sp, goes on at load_sp.
void context_switch(void **save_sp, void *load_sp);

// Goes on at load_sp and forgets the running context.
_Noreturn void context_leave(void *load_sp);

// Calls fn(arg) on the stack below system_sp; *save_sp is the running stack's pointer meanwhile,
// with the callee-saved registers stored above it.
void context_call(void **save_sp, void *system_sp, void (*fn)(void *), void *arg);

// Calls fn(arg) as if the context parked at sp had called it: an unwinder in fn sees that context's
// frames.
void context_visit(void *sp, void (*fn)(void *), void *arg);

// Where a new coroutine begins; it calls coroutine_main().
void context_start(void);

// An architecture's header defines the rest, inline:
//   CONTEXT_CHECKS_STACK     prologues of code compiled for coroutines check their stack
//   context_prepare(top)     lays out the stack that ends at `top` so that context_switch() to the
//                            result enters context_start()
//   context_limit_set(limit) the limit that this thread's prologues compare the stack pointer with;
//                            0 lets every check pass
//   context_limit_slot()     where that is, for others to write it
//   context_vectors_save(area), context_vectors_restore(area)
//                            the vector registers, which hold arguments when a prologue asks for
//                            stack; CONTEXT_VECTOR_BYTES, aligned to 64
//   context_pause()          in a loop that waits for another processor
//   context_stack_pointer()
//   CONTEXT_SIGNAL_SP(context)
//                            where the stack pointer was when a signal came; `context` is the
//                            handler's third argument, a ucontext_t. Its user defines _GNU_SOURCE.
//   CONTEXT_SIGNAL_PC(context)
//                            the same of the next instruction
//   CONTEXT_SIGNAL_GO_ON(context, address)
//                            after the handler, this is the next instruction
//   CONTEXT_RED_ZONE_BYTES   below the stack pointer, that code may use without moving it
#if defined(__x86_64__)
#include "runtime/x86_64/context_x86_64.h"
#elif defined(__aarch64__)
#include "runtime/aarch64/context_aarch64.h"
#else
#error "no runtime/ folder for this architecture"
#endif

#endif
