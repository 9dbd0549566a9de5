// What the runtime knows of a coroutine: its stack, where it stopped, what it waits for.
#ifndef RUNTIME_COROUTINE_STATE_H
#define RUNTIME_COROUTINE_STATE_H

#include "runtime/stack.h"

#include <stdbool.h>
#include <stdint.h>

struct coroutine {
    void *sp; // the stack pointer while it does not run; first, the assembly stores it
    uintptr_t
        stack_limit; // what prologues compare with; ~0 while stress moves the stack at every call
    struct stack *stack;
    uint64_t id;            // 1 is the function given to runtime_run()
    struct coroutine *next; // in the run queue, a channel's queue or the pool of finished ones
    struct coroutine *all_next;
    struct coroutine **all_link; // of all live coroutines, linked both ways
    void (*fn)(void *);
    void *arg;                 // NULL once it has started: from then on its stack holds it
    const char *waits_for;     // "channel send", ...; NULL while it can run
    void *wait_element;        // where the value comes from or goes to; may lie in its own stack
    size_t wait_element_bytes; // 0 unless wait_element is the source of a blocked send
    bool wait_done; // the other side moved the value; false after waking: the channel was closed
    size_t move_debt_bytes; // stress: copying that was put off, see growth.c
};

// Switches from the running coroutine to the next that can run. The caller has put the running one
// into some queue, or it is lost; waits_for says why it stops, NULL when it only yields.
void coroutine_park(const char *waits_for);

// Puts a coroutine at the end of the run queue.
void coroutine_ready(struct coroutine *coroutine);

#endif
