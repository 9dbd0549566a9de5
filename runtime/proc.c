#include "runtime/proc.h"

#include "base/assert.h"
#include "runtime/coroutine.h"
#include "runtime/coroutine_pool.h"
#include "runtime/fault.h"
#include "runtime/growth.h"
#include "runtime/os_memory.h"

#include <errno.h>

__thread struct proc *proc_current __attribute__((tls_model("initial-exec")));

struct proc *proc_table;
unsigned proc_count;

_Static_assert(offsetof(struct proc, system_sp) == 0, "morestack.S loads it");
_Static_assert(offsetof(struct proc, running) == 16, "morestack.S loads it");
_Static_assert(offsetof(struct coroutine, stack) == 16, "morestack.S loads it");
_Static_assert(offsetof(struct stack, base) == 0, "morestack.S loads it");
_Static_assert(offsetof(struct stack, size_bytes) == 8, "morestack.S loads it");

int proc_table_init(unsigned count)
{
    ASSERT(!proc_table);
    ASSERT(count > 0);
    // Zeroed, and touched only as far as procs are used.
    proc_table = os_memory_map(count * sizeof *proc_table);
    if (!proc_table) {
        return -ENOMEM;
    }
    proc_count = count;
    for (unsigned i = 0; i < count; i++) {
        proc_table[i].index = i;
        proc_table[i].random = i + 1;
    }
    return 0;
}

void proc_table_release(void)
{
    os_memory_release(proc_table, proc_count * sizeof *proc_table);
    proc_table = NULL;
    proc_count = 0;
}

void proc_enter(struct proc *proc)
{
    ASSERT(!proc_current);
    proc->started = true;
    proc->self = pthread_self();
    pthread_getcpuclockid(proc->self, &proc->used_clock);
    __atomic_store_n(&proc->limit_slot, context_limit_slot(), __ATOMIC_RELEASE);
    fibre_of_thread(&proc->fibre);
    fault_thread_enter();
    proc_current = proc;
    heap_inline_slots = &proc->heap_cache.slots;
}

void proc_leave(void)
{
    context_limit_set(0);
    proc_current = NULL;
    heap_inline_slots = NULL;
    fault_thread_leave();
}

void proc_request(struct proc *proc, uint32_t what)
{
    atomic_fetch_or(&proc->request, what);
    __atomic_store_n(proc->limit_slot, UINTPTR_MAX, __ATOMIC_RELAXED);
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
    fibre_change_stack(&coroutine->fibre, &proc->fibre);
    context_call(&coroutine->sp, proc->system_sp, fn, arg);
    fibre_change_stack(&proc->fibre, &coroutine->fibre);
    // The system stack never changes its thread, so `proc` is still ours.
    __atomic_store_n(&coroutine->sp, NULL, __ATOMIC_RELAXED);
    proc->on_system = false;
    proc_limit_set(proc, coroutine->stack_limit);
}

void coroutine_on_system_stack(void (*fn)(void *), void *arg)
{
    struct proc *const proc = proc_current;
    if (!proc) {
        fn(arg);
        return;
    }
    const uint8_t had_guest = proc->has_guest;
    proc->has_guest = true;
    proc_call_system(fn, arg);
    proc->has_guest = had_guest;
}

static bool is_running(const struct coroutine *coroutine)
{
    for (unsigned i = 0; i < proc_count; i++) {
        if (proc_table[i].running == coroutine) {
            return true;
        }
    }
    return false;
}

static void shrink(struct coroutine *coroutine, void *context)
{
    (void)context;
    if (!is_running(coroutine)) {
        growth_shrink(coroutine);
    }
}

void proc_shrink_stacks(void)
{
    coroutine_pool_each(shrink, NULL);
}

void proc_visit_coroutine(struct coroutine *coroutine,
                          void (*visit)(const void *base, size_t size_bytes, void *context),
                          void *context)
{
    growth_visit(coroutine, visit, context);
    visit(&coroutine->arg, sizeof coroutine->arg, context);
    struct channel_waiter *const waiters = coroutine->waiters;
    if (!waiters) {
        return;
    }
    visit(&coroutine->waiters, sizeof(void *), context);
    for (uint32_t i = 0; i < waiters->waiter_count; i++) {
        if (waiters[i].source_bytes >= sizeof(void *)) {
            visit(waiters[i].element, waiters[i].source_bytes, context);
        }
    }
}

struct visit {
    void (*fn)(const void *base, size_t size_bytes, void *context);
    void *context;
};

static void visit_coroutine(struct coroutine *coroutine, void *arg)
{
    const struct visit *const visit = arg;
    proc_visit_coroutine(coroutine, visit->fn, visit->context);
}

// The other procs have saved their callee-saved registers before they stopped, and our caller has.
// The runtime's own code holds no object there whose only pointer that is, but would often seem to:
// of each of its frames some words are what earlier calls left, and the same ones at each call.
// Of a proc that a signal has stopped the kernel has saved all registers, on the alternate stack.
static void visit_system_stacks(void (*visit)(const void *base, size_t size_bytes, void *context),
                                void *context, const char *own_sp)
{
    for (unsigned i = 0; i < proc_count; i++) {
        const struct proc *const proc = &proc_table[i];
        ASSERT(!proc->running || proc->on_system);
        const char *const sp = proc == proc_current ? own_sp : proc->stopped_sp;
        if (proc->stopped_end) {
            visit(sp, (size_t)(proc->stopped_end - sp), context);
        } else if (proc->running && proc->has_guest) {
            visit(sp, (size_t)((const char *)proc->system_sp - sp), context);
        }
    }
}

void proc_visit_roots(void (*visit)(const void *base, size_t size_bytes, void *context),
                      void *context)
{
    // Callee-saved registers of whoever called us on the system stack: into this frame, which is
    // scanned.
    __builtin_unwind_init();
    visit_system_stacks(visit, context, context_stack_pointer());
    struct visit each = {.fn = visit, .context = context};
    coroutine_pool_each(visit_coroutine, &each);
}

void proc_visit_running(void (*visit)(const void *base, size_t size_bytes, void *context),
                        void *context)
{
    __builtin_unwind_init();
    visit_system_stacks(visit, context, context_stack_pointer());
    for (unsigned i = 0; i < proc_count; i++) {
        if (proc_table[i].running) {
            proc_visit_coroutine(proc_table[i].running, visit, context);
        }
    }
}
