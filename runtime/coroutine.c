// The life of a coroutine. One that stops switches straight to the next in its proc's queue; the
// scheduler's loop on the system stack is entered only when that is empty or something was asked of
// the proc.
#include "runtime/coroutine.h"

#include "base/assert.h"
#include "runtime/context.h"
#include "runtime/coroutine_pool.h"
#include "runtime/coroutine_state.h"
#include "runtime/fatal.h"
#include "runtime/growth.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"

#include <errno.h>

// Ids are handed to procs by the batch: a shared counter is one more cache line to wait for.
enum { ID_BATCH_COUNT = 64 };
static _Atomic(uint64_t) coroutine_ids;

void coroutine_ready(struct coroutine *coroutine)
{
    coroutine->waits_for = NULL;
    scheduler_push(proc_current, coroutine);
    scheduler_notice();
}

static bool must_detour(const struct proc *proc)
{
    return atomic_load_explicit(&proc->request, memory_order_relaxed) != 0 ||
           atomic_load_explicit(&world_detour, memory_order_relaxed) != 0;
}

static void count_switch(struct proc *proc)
{
    const uint64_t count = atomic_load_explicit(&proc->switch_count, memory_order_relaxed);
    atomic_store_explicit(&proc->switch_count, count + 1, memory_order_relaxed);
}

// Leaves the running coroutine for `to`, or for the scheduler's loop when that is NULL. When this
// returns, the thread may be another one.
static inline void leave(struct proc *proc, struct coroutine *to)
{
    struct coroutine *const from = proc->running;
    count_switch(proc);
    if (__builtin_expect(to != NULL, 1)) {
        void *const sp = scheduler_resume(proc, to);
        fibre_stop(&from->sp);
        fibre_switch(&from->fibre, &to->fibre);
        context_switch(&from->sp, sp);
    } else {
        context_limit_set(0);
        proc->running = NULL;
        fibre_stop(&from->sp);
        fibre_switch(&from->fibre, &proc->fibre);
        context_switch(&from->sp, proc->system_sp);
    }
}

static void check_can_stop(const struct proc *proc, const char *operation)
{
    if (__builtin_expect(!proc || !proc->running, 0)) {
        fatal("%s outside runtime_run", operation);
    }
    if (__builtin_expect(proc->on_system, 0)) {
        fatal("%s on the system stack: only a coroutine on its own stack can wait", operation);
    }
}

void coroutine_park(const char *waits_for)
{
    struct proc *const proc = proc_current;
    check_can_stop(proc, waits_for);
    leave(proc, must_detour(proc) ? NULL : scheduler_pop(proc));
}

static void yield_to(struct proc *proc, struct coroutine *to)
{
    // The next one is taken first, so that this one is not it.
    scheduler_push(proc, proc->running);
    // A proc that looked here while `to` was out of the queue may sleep now. Nobody can be woken
    // from a stack that another proc may want to run on: the loop does it.
    if (to && (atomic_load(&scheduler_attention) & SCHEDULER_WAKE_PROC)) {
        scheduler_push_first(proc, to);
        to = NULL;
    }
    leave(proc, to);
}

static __attribute__((noinline)) void yield_slowly(struct proc *proc)
{
    check_can_stop(proc, "coroutine_yield");
    if (must_detour(proc)) {
        yield_to(proc, NULL);
        return;
    }
    struct coroutine *const to = scheduler_pop(proc);
    if (to) {
        yield_to(proc, to);
    }
}

// With one proc it ends with a jump to the switch, so that this function's frame is neither saved
// nor restored, and the switch knows where its caller's caller goes on (context_switch.S). A tool
// that follows stacks wants entries and exits to be even on each.
void coroutine_yield(void)
{
    struct proc *const proc = proc_current;
    if (__builtin_expect(FIBRE_IS_SEEN || world_is_parallel || !proc || !proc->running ||
                             proc->on_system || must_detour(proc),
                         0)) {
        yield_slowly(proc);
        return;
    }
    struct coroutine *const to = coroutine_queue_pop(&proc->queue);
    if (to) {
        struct coroutine *const from = proc->running;
        coroutine_queue_push(&proc->queue, from);
        count_switch(proc);
        void *const sp = scheduler_resume(proc, to);
        fibre_stop(&from->sp);
        context_switch(&from->sp, sp);
    }
}

void coroutine_poll(void)
{
    struct proc *const proc = proc_current;
    if (__builtin_expect(!proc, 0)) {
        return;
    }
    const uint32_t request = atomic_load_explicit(&proc->request, memory_order_relaxed);
    if (__builtin_expect(request != 0, 0) && proc->running && !proc->on_system) {
        yield_to(proc, NULL);
    }
}

// The end of a coroutine in general, on the system stack: its own may be unmapped here.
FIBRE_LEAVES static void finish_on_system(void *arg)
{
    struct coroutine *const coroutine = arg;
    struct proc *const proc = proc_current;
    fibre_switch(NULL, &proc->fibre);
    const bool is_first = coroutine->id == 1;
    growth_stack_reset(coroutine);
    if (coroutine->stack) {
        fibre_forbid(growth_lowest(coroutine->stack), growth_size_bytes(coroutine->stack));
    }
    coroutine_pool_give(proc, coroutine);
    proc->running = NULL;
    count_switch(proc);
    if (__builtin_expect(is_first, 0)) {
        scheduler_end();
    }
    struct coroutine *const to = must_detour(proc) ? NULL : scheduler_pop(proc);
    if (to) {
        void *const sp = scheduler_resume(proc, to);
        fibre_switch(&proc->fibre, &to->fibre);
        context_leave(sp);
    }
    context_limit_set(0);
    context_leave(proc->system_sp);
}

// The usual end: the stack stays with the descriptor and the next coroutine is at hand. Nobody but
// this proc can take the descriptor before its stack is left, for coroutine_pool_give() shares
// nothing here. Returns when the general way must be taken.
static void finish_here(struct proc *proc, struct coroutine *coroutine)
{
    if (FIBRE_IS_SEEN || coroutine->id == 1 || !growth_is_first(coroutine->stack) ||
        must_detour(proc) || !coroutine_pool_has_room(proc)) {
        return;
    }
    struct coroutine *const to = scheduler_pop(proc);
    if (to) {
        coroutine_pool_give(proc, coroutine);
        count_switch(proc);
        context_leave(scheduler_resume(proc, to));
    }
}

// The outermost function of every coroutine, entered from context_start.
_Noreturn void coroutine_main(void);
_Noreturn void coroutine_main(void)
{
    struct coroutine *coroutine = proc_current->running;
    void *arg = coroutine->arg;
    coroutine->arg = NULL;
    coroutine->fn(arg);

    struct proc *const proc = proc_current;
    coroutine = proc->running;
    finish_here(proc, coroutine);
    context_call(&coroutine->sp, proc->system_sp, finish_on_system, coroutine);
    __builtin_unreachable();
}

static uint64_t take_id(struct proc *proc)
{
    if (proc->next_id == proc->end_id) {
        proc->next_id = atomic_fetch_add(&coroutine_ids, ID_BATCH_COUNT);
        proc->end_id = proc->next_id + ID_BATCH_COUNT;
    }
    return proc->next_id++;
}

static void refuse(void *arg)
{
    coroutine_pool_give(proc_current, arg);
}

// Makes a coroutine that can run; NULL when memory is refused.
static struct coroutine *create(struct proc *proc, void (*fn)(void *), void *arg)
{
    struct coroutine *const coroutine = coroutine_pool_take(proc);
    if (!coroutine) {
        return NULL;
    }
    struct stack *stack = coroutine->stack;
    if (!stack) {
        // The pool's code is small and calls nothing but the system: it runs on any stack.
        stack = growth_stack_new();
        if (!stack) {
            proc_call_system(refuse, coroutine);
            return NULL;
        }
    }
    fibre_create(&coroutine->fibre);
    fibre_set_stack(&coroutine->fibre, stack->base, stack->size_bytes);
    fibre_allow(growth_lowest(stack), growth_size_bytes(stack));
    // Field by field: of a literal gcc makes `rep stos`, see context_prepare(). `waiter` is written
    // by whoever waits; scan_state has been set, and keeps its value throughout.
    coroutine->stack_limit = growth_limit(stack);
    coroutine->stack = stack;
    coroutine->fn = fn;
    coroutine->arg = arg;
    coroutine->waits_for = NULL;
    coroutine->waiters = NULL;
    coroutine->fired = NULL;
    coroutine->move_debt_bytes = 0;
    atomic_store_explicit(&coroutine->selected, 0, memory_order_relaxed);
    coroutine->sp = context_prepare(stack_top(stack));
    coroutine->id = take_id(proc);
    proc->spawn_count++;
    return coroutine;
}

int coroutine_spawn(void (*fn)(void *), void *arg)
{
    coroutine_poll();
    struct proc *const proc = proc_current;
    if (__builtin_expect(!proc, 0)) {
        fatal("coroutine_spawn outside runtime_run");
    }
    struct coroutine *const coroutine = create(proc, fn, arg);
    if (!coroutine) {
        return -ENOMEM;
    }
    scheduler_push(proc, coroutine);
    scheduler_notice();
    return 0;
}

int coroutine_spawn_first(void (*fn)(void *), void *arg)
{
    struct proc *const proc = proc_current;
    ASSERT(proc && !proc->running);
    atomic_store(&coroutine_ids, 1);
    struct coroutine *const coroutine = create(proc, fn, arg);
    if (!coroutine) {
        return -ENOMEM;
    }
    scheduler_push(proc, coroutine);
    return 0;
}
