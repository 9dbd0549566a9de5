// A processor: the worker thread's state while runtime_run() is under way.
//
// Everything that one worker owns lives here: the running coroutine, the run queue, the heap cache.
// Code reaches it through proc_current, which is NULL on threads that are not inside runtime_run().
#ifndef RUNTIME_PROC_H
#define RUNTIME_PROC_H

#include "runtime/coroutine_queue.h"
#include "runtime/heap_cache.h"
#include "runtime/stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coroutine;

struct proc {
    void *system_sp;              // the system stack's pointer while a coroutine runs; first
    struct coroutine *running;    // NULL while the worker looks for one
    bool on_system;               // the system stack runs on behalf of `running`
    struct coroutine_queue queue; // coroutines that can run
    struct coroutine *all;        // every live coroutine
    struct coroutine *finished;   // kept with their first stack for the next spawn
    bool done;                    // the first coroutine has finished
    struct stack_pool stack_pool;
    size_t stack_bytes_min;
    size_t kept_stack_count; // stacks of stack_bytes_min that `finished` holds
    uint64_t spawn_count;
    uint64_t switch_count;
    struct heap_cache heap_cache;
};

extern __thread struct proc *proc_current __attribute__((tls_model("initial-exec")));

// Runs fn(arg) on the system stack. The caller's callee-saved registers are on the coroutine's
// stack before fn starts, where a collection finds them. On the system stack already, it just calls
// fn.
void proc_call_system(void (*fn)(void *), void *arg);

// Visits every range of memory that can hold the only pointer to an object: the used part of each
// coroutine's stack with its saved registers, the part of the system stack that runs on behalf of a
// coroutine, spawn arguments, and the elements of blocked senders. Ranges are word-aligned. Call it
// on the system stack.
void proc_visit_roots(void (*visit)(const void *base, size_t size_bytes, void *context),
                      void *context);

// Makes *proc ready to run coroutines on the calling thread; its heap cache is set up by the
// caller.
void proc_init(struct proc *proc, size_t stack_bytes_min, bool quarantine);

// Gives up every coroutine with its stack.
void proc_release(struct proc *proc);

// Runs coroutines until the first one has finished. Fatal error when all are asleep.
void proc_run(struct proc *proc);

// Halves the stacks of parked coroutines that use less than a quarter of theirs. The collector
// calls it once a collection, on the system stack.
void proc_shrink_stacks(void);

#endif
