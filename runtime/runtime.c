#include "runtime/runtime.h"

#include "runtime/growth.h"
#include "runtime/heap_internal.h"
#include "runtime/inspect.h"
#include "runtime/proc.h"

#include <errno.h>
#include <stdint.h>

enum {
    STACK_BYTES_MIN_DEFAULT = 2048, // Go's
    STRESS_ALL = STRESS_STACK_MOVE | STRESS_GC_ALLOC | STRESS_CHECK_MARK,
};
static const size_t STACK_BYTES_MAX_DEFAULT = (size_t)1 << 30;

// Half of every stack, at least, is the program's.
static const size_t STACK_BYTES_SMALLEST = 2 * (size_t)STACK_SLACK_BYTES;

static struct proc the_proc;
static uint64_t spawn_count;
static uint64_t switch_count;

static size_t round_up_to_power(size_t size_bytes)
{
    return (size_t)1 << (64 - __builtin_clzll(size_bytes - 1));
}

// Fills in the defaults; 0 or -errno.
static int complete(struct runtime_config *config)
{
    if (config->stack_strategy > STACK_RESERVED || (config->stress & ~(unsigned)STRESS_ALL)) {
        return -EINVAL;
    }
    if (config->stack_strategy != STACK_CONTIGUOUS) {
        return -ENOTSUP;
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
    config->procs = 1;
    return 0;
}

static void keep_counters(const struct proc *proc)
{
    spawn_count = proc->spawn_count;
    switch_count = proc->switch_count;
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
    const bool stress_move = completed.stress & STRESS_STACK_MOVE;
    growth_config = (struct growth_config){.stack_bytes_max = completed.stack_bytes_max,
                                           .stress_move = stress_move};
    growth_stats = (struct growth_stats){0};
    proc_init(&the_proc, completed.stack_bytes_min, stress_move);
    heap_cache_init(&the_proc.heap_cache);
    proc_current = &the_proc;
    error = coroutine_spawn(fn, arg);
    if (!error) {
        proc_run(&the_proc);
    }
    keep_counters(&the_proc);
    heap_release();
    proc_release(&the_proc);
    proc_current = NULL;
    return error;
}

void runtime_stats_read(struct runtime_stats *stats)
{
    heap_stats_read(stats);
    if (proc_current) {
        keep_counters(proc_current);
    }
    stats->stack_grow_count = growth_stats.grow_count;
    stats->stack_shrink_count = growth_stats.shrink_count;
    stats->stack_copied_bytes = growth_stats.copied_bytes;
    stats->stack_bytes_in_use =
        the_proc.stack_pool.bytes_in_use - the_proc.kept_stack_count * the_proc.stack_bytes_min;
    stats->coroutine_spawn_count = spawn_count;
    stats->coroutine_switch_count = switch_count;
}

enum address_class runtime_address_class(const void *address)
{
    const struct proc *proc = proc_current;
    if (proc && heap_contains(address)) {
        return ADDRESS_HEAP;
    }
    if (proc && proc->running && stack_contains(proc->running->stack, address)) {
        return ADDRESS_STACK;
    }
    return ADDRESS_OTHER;
}

uint64_t runtime_gc_count(void)
{
    return heap_instance.gc_count;
}
