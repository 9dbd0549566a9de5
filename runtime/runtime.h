// A small Go-style runtime for C: coroutines on growable stacks, channels, a garbage-collected
// heap.
//
// Compile with `gcc -fsplit-stack -I PROJECT`, link `libruntime.a -lpthread -lm -ldl -Wl,-z,now`.
// Code that runs on a coroutine must not use variable-length arrays, alloca, setjmp or pointers to
// nested functions, must not keep the address of a local variable in the heap, in a global or in
// another coroutine, and calls libc through coroutine_on_system_stack() unless the stack is known
// to be big: docs/runtime.md says why.
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "runtime/channel.h"
#include "runtime/coroutine.h"
#include "runtime/heap.h"
#include "runtime/stats.h"

#include <stdbool.h>
#include <stddef.h>

// What happens when a coroutine's stack is used up.
enum stack_strategy {
    // It is copied to one of twice the size, and pointers into it are adjusted. Where the compiler
    // does not check stacks, this is STACK_RESERVED, with a page that faults at the end.
    STACK_CONTIGUOUS,
    STACK_SEGMENTED, // the function that needs more runs on a segment of its own
    STACK_RESERVED,  // nothing: it had all addresses up to stack_bytes_max from the start
};

// Stress modes, to be combined with |.
enum {
    // Move the stack, or begin a new segment, at every call; old ones become inaccessible.
    STRESS_STACK_MOVE = 1,
    STRESS_GC_ALLOC = 2, // collect at every allocation
    STRESS_CHECK_MARK =
        4, // check after each mark that nothing reachable was missed; poison what is freed
};

// A zeroed struct means the defaults in brackets.
struct runtime_config {
    // Workers that run coroutines, 1024 at most; one on aarch64. [CPUs that it may run on]
    unsigned procs;
    unsigned gc_percent; // collect when the heap has grown by this share since the last mark [100]
    bool gc_off;         // never collect
    size_t heap_limit_bytes;            // soft limit: collect sooner when the heap nears it [none]
    enum stack_strategy stack_strategy; // [STACK_CONTIGUOUS]
    size_t stack_bytes_min; // first stack of a coroutine, rounded up to a power of two [2048]
    size_t stack_bytes_max; // beyond it: a fatal error that names the limit [1 GiB]
    unsigned stress;        // STRESS_...
};

// Runs fn(arg) as the first coroutine and returns when fn has; coroutines still alive then are
// discarded, and the heap is given back. config may be NULL. Returns 0, or:
//   -EINVAL  a field is out of range (procs, stack_strategy, stack_bytes_min above stack_bytes_max,
//            an unknown stress bit)
//   -ENOTSUP segmented stacks on an architecture whose compiler does not check stacks: not x86-64
//   -EBUSY   called inside runtime_run()
//   -ENOMEM  the system refused the memory to begin with
// It may be called again once it has returned.
int runtime_run(const struct runtime_config *config, void (*fn)(void *), void *arg);

#endif
