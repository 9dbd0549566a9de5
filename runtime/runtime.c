#define _GNU_SOURCE // sched_getaffinity
#include "runtime/runtime.h"

#include "runtime/coroutine_pool.h"
#include "runtime/fault.h"
#include "runtime/growth.h"
#include "runtime/heap_internal.h"
#include "runtime/inspect.h"
#include "runtime/preempt.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"
#include "runtime/stop_signal.h"
#include "runtime/world.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>

enum {
    STACK_BYTES_MIN_DEFAULT = 2048, // Go's
    STRESS_ALL = STRESS_STACK_MOVE | STRESS_GC_ALLOC | STRESS_CHECK_MARK,
};
static const size_t STACK_BYTES_MAX_DEFAULT = (size_t)1 << 30;

// Half of every stack, at least, is the program's.
static const size_t STACK_BYTES_SMALLEST = 2 * (size_t)STACK_SLACK_BYTES;

static uint64_t spawn_count;
static uint64_t switch_count;
static uint64_t stack_bytes_in_use;
static struct stack_profile_entry stack_charges; // all of them

static size_t round_up_to_power(size_t size_bytes)
{
    return (size_t)1 << (64 - __builtin_clzll(size_bytes - 1));
}

// The processors that this process may use, those that can serve as procs.
static unsigned online_count(void)
{
    cpu_set_t set;
    const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < PROC_COUNT_MAX ? (unsigned)count : PROC_COUNT_MAX;
}

// Fills in the defaults; 0 or -errno.
static int complete(struct runtime_config *config)
{
    if (config->stack_strategy > STACK_RESERVED || config->procs > PROC_COUNT_MAX ||
        (config->stress & ~(unsigned)STRESS_ALL)) {
        return -EINVAL;
    }
    if (!CONTEXT_CHECKS_STACK) {
        if (config->stack_strategy == STACK_SEGMENTED) {
            return -ENOTSUP;
        }
        config->stack_strategy = STACK_RESERVED;
        // gcc may keep the address of a thread's variable across a switch, after which a coroutine
        // could be another thread's: where that is so, there is only one.
        config->procs = 1;
    }
    if (config->gc_percent == 0) {
        config->gc_percent = 100;
    }
    if (config->stack_bytes_max == 0) {
        config->stack_bytes_max = STACK_BYTES_MAX_DEFAULT;
    }
    if (config->stack_bytes_min == 0) {
        config->stack_bytes_min = STACK_BYTES_MIN_DEFAULT;
    }
    if (config->stack_bytes_min > config->stack_bytes_max ||
        config->stack_bytes_max > PTRDIFF_MAX / 2) {
        return -EINVAL;
    }
    if (config->stack_bytes_min < STACK_BYTES_SMALLEST) {
        config->stack_bytes_min = STACK_BYTES_SMALLEST;
    }
    config->stack_bytes_min = round_up_to_power(config->stack_bytes_min);
    if (config->stack_bytes_max < config->stack_bytes_min) {
        config->stack_bytes_max = config->stack_bytes_min;
    }
    if (config->procs == 0) {
        config->procs = online_count();
    }
    return 0;
}

// Sums over the procs; their numbers may change meanwhile unless the world is stopped.
static void keep_counters(void)
{
    spawn_count = 0;
    switch_count = 0;
    stack_bytes_in_use = growth_bytes_in_use();
    stack_charges = (struct stack_profile_entry){0};
    for (unsigned i = 0; i < proc_count; i++) {
        const struct proc *const proc = &proc_table[i];
        spawn_count += proc->spawn_count;
        switch_count += atomic_load_explicit(&proc->switch_count, memory_order_relaxed);
        stack_charge_sum(&stack_charges, &proc->charges);
        stack_bytes_in_use -= (uint64_t)proc->kept_stack_count * growth_config.stack_bytes_min;
    }
}

// Makes procs, and the first coroutine on the calling thread's. Returns 0 or -ENOMEM.
static int begin(const struct runtime_config *config, void (*fn)(void *), void *arg)
{
    const struct growth_config growth = {
        .strategy = config->stack_strategy,
        .stack_bytes_min = config->stack_bytes_min,
        .stack_bytes_max = config->stack_bytes_max,
        .stress_move = config->stress & STRESS_STACK_MOVE,
    };
    growth_init(&growth);
    fault_init();
    stop_signal_init();
    const int error = proc_table_init(config->procs);
    if (error) {
        return error;
    }
    for (unsigned i = 0; i < proc_count; i++) {
        heap_cache_init(&proc_table[i].heap_cache);
    }
    scheduler_init();
    proc_enter(&proc_table[0]);
    return coroutine_spawn_first(fn, arg);
}

// Gives up everything that is left of the coroutines.
static void end(void)
{
    keep_counters();
    stack_charge_keep();
    if (proc_current) {
        proc_leave();
    }
    stop_signal_release();
    fault_release();
    heap_release();
    coroutine_pool_release();
    preempt_release();
    growth_release();
    proc_table_release();
    stack_bytes_in_use = 0;
}

int runtime_run(const struct runtime_config *config, void (*fn)(void *), void *arg)
{
    if (proc_current) {
        return -EBUSY;
    }
    struct runtime_config completed = config ? *config : (struct runtime_config){0};
    int error = complete(&completed);
    if (error) {
        return error;
    }
    error = heap_init(&completed);
    if (error) {
        return error;
    }
    error = begin(&completed, fn, arg);
    if (!error) {
        world_enter(proc_current);
        scheduler_run();
        scheduler_release();
    }
    end();
    return error;
}

static void read_stats(void *arg)
{
    struct runtime_stats *const stats = arg;
    // Other procs change their counters without a lock.
    if (world_is_parallel) {
        world_stop();
    }
    heap_stats_read(stats);
    if (proc_current) {
        keep_counters();
    }
    if (world_is_parallel) {
        world_start();
    }
    stats->stack_grow_count = stack_charges.grow_count;
    stats->stack_shrink_count = stack_charges.shrink_count;
    stats->stack_copied_bytes = stack_charges.copied_bytes;
    stats->stack_bytes_in_use = stack_bytes_in_use;
    stats->coroutine_spawn_count = spawn_count;
    stats->coroutine_switch_count = switch_count;
}

void runtime_stats_read(struct runtime_stats *stats)
{
    proc_call_system(read_stats, stats);
}

enum address_class runtime_address_class(const void *address)
{
    const struct proc *proc = proc_current;
    if (proc && heap_contains(address)) {
        return ADDRESS_HEAP;
    }
    if (proc && proc->running && growth_contains(proc->running, address)) {
        return ADDRESS_STACK;
    }
    return ADDRESS_OTHER;
}

const void *runtime_stack_top(void)
{
    const struct proc *proc = proc_current;
    const bool is_own =
        proc && proc->running && stack_contains(proc->running->stack, __builtin_frame_address(0));
    return is_own ? stack_top(proc->running->stack) : NULL;
}

struct visit_parked {
    void (*visit)(const void *base, size_t size_bytes, void *context);
    void *context;
};

static void visit_parked(struct coroutine *coroutine, void *arg)
{
    const struct visit_parked *const parked = arg;
    if (coroutine->sp) {
        proc_visit_coroutine(coroutine, parked->visit, parked->context);
    }
}

void runtime_visit_parked_stacks(void (*visit)(const void *base, size_t size_bytes, void *context),
                                 void *context)
{
    struct visit_parked parked = {.visit = visit, .context = context};
    if (proc_current) {
        coroutine_pool_each(visit_parked, &parked);
    }
}

uint64_t runtime_gc_count(void)
{
    return heap_instance.gc_count;
}

uint64_t runtime_gc_pause_ns(void)
{
    return heap_instance.pause_ns_total;
}
