// What happens when a request (proc_request()) stops a coroutine in a prologue.
//
// The vector registers hold the arguments of the function that was about to begin. They are saved
// here before anything else runs, so that everything else may use them. Compiled with
// -mgeneral-regs-only, like growth.c.
#ifndef RUNTIME_PREEMPT_H
#define RUNTIME_PREEMPT_H

#include "runtime/proc.h"

struct vector_area;

// Takes the requests and answers them: waits while the world is stopped. Returns the saved vector
// registers when the coroutine is to let others run (only if may_preempt: code on the system stack
// cannot), which it then does, and calls preempt_restore() when it goes on; NULL, with the
// registers as they were, when it goes on at once. On the system stack.
struct vector_area *preempt_poll(struct proc *proc, bool may_preempt);

// Replaces what is saved there by another context_vectors_save(): where sanitizers' calls came
// before preempt_poll().
void preempt_keep(struct vector_area *area, const char registers[]);

// Loads the vector registers and gives up the area.
void preempt_restore(struct vector_area *area);

// Frees the areas. No coroutine is left.
void preempt_release(void);

#endif
