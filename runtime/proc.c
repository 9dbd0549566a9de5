// One worker. A coroutine that stops switches straight to the next in the queue; the scheduler loop
// on the system stack only starts the first one and learns that the queue is empty: that is a
// deadlock, since nothing but a coroutine can make another one ready.
#include "runtime/proc.h"

#include "base/assert.h"
#include "runtime/context.h"
#include "runtime/coroutine.h"
#include "runtime/coroutine_state.h"
#include "runtime/fatal.h"
#include "runtime/growth.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

__thread struct proc *proc_current __attribute__((tls_model("initial-exec")));

void coroutine_ready(struct coroutine *coroutine)
{
    coroutine->waits_for = NULL;
    coroutine_queue_push(&proc_current->queue, coroutine);
}

// Leaves the running coroutine for the next that can run, or for the scheduler loop when there is
// none.
static void leave(struct proc *proc)
{
    struct coroutine *from = proc->running;
    struct coroutine *to = coroutine_queue_pop(&proc->queue);
    proc->running = to;
    proc->switch_count++;
    if (to) {
        context_limit_set(to->stack_limit);
        context_switch(&from->sp, to->sp);
    } else {
        context_limit_set(0);
        context_switch(&from->sp, proc->system_sp);
    }
}

static void check_can_stop(const struct proc *proc, const char *operation)
{
    if (!proc || !proc->running) {
        fatal("%s outside runtime_run", operation);
    }
    if (proc->on_system) {
        fatal("%s on the system stack: only a coroutine on its own stack can wait", operation);
    }
}

void coroutine_park(const char *waits_for)
{
    struct proc *proc = proc_current;
    check_can_stop(proc, waits_for);
    proc->running->waits_for = waits_for;
    leave(proc);
}

void coroutine_yield(void)
{
    struct proc *proc = proc_current;
    check_can_stop(proc, "coroutine_yield");
    if (proc->queue.head) {
        coroutine_queue_push(&proc->queue, proc->running);
        leave(proc);
    }
}

// Takes the coroutine out of the list of all and keeps it for the next spawn. A grown stack goes
// back to its cache: the next coroutine begins small again.
static void finish(struct proc *proc, struct coroutine *coroutine)
{
    *coroutine->all_link = coroutine->all_next;
    if (coroutine->all_next) {
        coroutine->all_next->all_link = coroutine->all_link;
    }
    if (coroutine->stack->size_bytes != proc->stack_bytes_min) {
        stack_drop(&proc->stack_pool, coroutine->stack);
        coroutine->stack = NULL;
    } else {
        proc->kept_stack_count++;
    }
    coroutine->next = proc->finished;
    proc->finished = coroutine;
}

// The end of a coroutine, on the system stack: its own may be unmapped here.
static void finish_and_leave(void *arg)
{
    struct coroutine *coroutine = arg;
    struct proc *proc = proc_current;
    proc->done = coroutine->id == 1;
    finish(proc, coroutine);
    struct coroutine *to = proc->done ? NULL : coroutine_queue_pop(&proc->queue);
    proc->running = to;
    proc->switch_count++;
    void *nobody;
    context_limit_set(to ? to->stack_limit : 0);
    context_switch(&nobody, to ? to->sp : proc->system_sp);
}

// The outermost function of every coroutine, entered from context_start.
_Noreturn void coroutine_main(void);
_Noreturn void coroutine_main(void)
{
    struct coroutine *coroutine = proc_current->running;
    void *arg = coroutine->arg;
    coroutine->arg = NULL;
    coroutine->fn(arg);

    coroutine = proc_current->running;
    context_call(&coroutine->sp, proc_current->system_sp, finish_and_leave, coroutine);
    __builtin_unreachable();
}

static void create(void *arg)
{
    struct coroutine **result = arg;
    struct coroutine *coroutine = calloc(1, sizeof *coroutine);
    *result = coroutine;
}

int coroutine_spawn(void (*fn)(void *), void *arg)
{
    struct proc *proc = proc_current;
    if (!proc) {
        fatal("coroutine_spawn outside runtime_run");
    }
    struct coroutine *coroutine = proc->finished;
    if (coroutine) {
        proc->finished = coroutine->next;
    } else {
        proc_call_system(create, &coroutine);
        if (!coroutine) {
            return -ENOMEM;
        }
    }
    struct stack *stack = coroutine->stack;
    if (stack) {
        proc->kept_stack_count--;
    } else {
        // The pool's code is small and calls nothing but the system: it runs on any stack.
        stack = stack_acquire(&proc->stack_pool, proc->stack_bytes_min);
        if (!stack) {
            coroutine->next = proc->finished;
            proc->finished = coroutine;
            return -ENOMEM;
        }
    }
    *coroutine = (struct coroutine){
        .sp = context_prepare(stack_top(stack)),
        .stack_limit = growth_limit(stack),
        .stack = stack,
        .id = ++proc->spawn_count,
        .all_next = proc->all,
        .all_link = &proc->all,
        .fn = fn,
        .arg = arg,
    };
    if (proc->all) {
        proc->all->all_link = &coroutine->all_next;
    }
    proc->all = coroutine;
    coroutine_queue_push(&proc->queue, coroutine);
    return 0;
}

void proc_call_system(void (*fn)(void *), void *arg)
{
    struct proc *proc = proc_current;
    if (!proc || !proc->running || proc->on_system) {
        fn(arg);
        return;
    }
    struct coroutine *coroutine = proc->running;
    proc->on_system = true;
    context_limit_set(0);
    context_call(&coroutine->sp, proc->system_sp, fn, arg);
    context_limit_set(coroutine->stack_limit);
    proc->on_system = false;
}

void coroutine_on_system_stack(void (*fn)(void *), void *arg)
{
    proc_call_system(fn, arg);
}

void proc_init(struct proc *proc, size_t stack_bytes_min, bool quarantine)
{
    *proc = (struct proc){.stack_bytes_min = stack_bytes_min};
    stack_pool_init(&proc->stack_pool, quarantine);
}

static void free_list(struct coroutine *coroutine, size_t next_offset)
{
    while (coroutine) {
        struct coroutine *next = *(struct coroutine **)((char *)coroutine + next_offset);
        free(coroutine);
        coroutine = next;
    }
}

void proc_release(struct proc *proc)
{
    free_list(proc->all, offsetof(struct coroutine, all_next));
    free_list(proc->finished, offsetof(struct coroutine, next));
    stack_pool_release(&proc->stack_pool);
    *proc = (struct proc){0};
}

void proc_run(struct proc *proc)
{
    ASSERT(proc == proc_current);
    while (!proc->done) {
        struct coroutine *coroutine = coroutine_queue_pop(&proc->queue);
        if (!coroutine) {
            fatal_deadlock(proc->all);
        }
        proc->running = coroutine;
        context_limit_set(coroutine->stack_limit);
        context_switch(&proc->system_sp, coroutine->sp);
        context_limit_set(0);
    }
}

void proc_shrink_stacks(void)
{
    struct proc *proc = proc_current;
    for (struct coroutine *coroutine = proc->all; coroutine; coroutine = coroutine->all_next) {
        if (coroutine != proc->running) {
            growth_shrink(coroutine, proc->stack_bytes_min);
        }
    }
}

void proc_visit_roots(void (*visit)(const void *base, size_t size_bytes, void *context),
                      void *context)
{
    struct proc *proc = proc_current;
    // Callee-saved registers of whoever called us on the system stack: into this frame, which is
    // scanned below.
    __builtin_unwind_init();
    ASSERT(proc->running == NULL || proc->on_system);
    if (proc->running) {
        const char *sp = context_stack_pointer();
        visit(sp, (size_t)((const char *)proc->system_sp - sp), context);
    }
    for (struct coroutine *coroutine = proc->all; coroutine; coroutine = coroutine->all_next) {
        const char *sp = coroutine->sp;
        visit(sp, (size_t)(stack_top(coroutine->stack) - sp), context);
        visit(&coroutine->arg, sizeof coroutine->arg, context);
        if (coroutine->wait_element_bytes) {
            visit(coroutine->wait_element, coroutine->wait_element_bytes, context);
        }
    }
}
