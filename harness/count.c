// What is counted is a steady state: first the operations run without instrumentation until the
// heap has been collected twice, then instrumented but not collected until the simulated caches are
// warm, then counted. callgrind starts with empty caches whenever instrumentation is switched on,
// so switching on at the counted loop itself would count its first touches. Warm means that as many
// bytes were allocated as the last level holds, or that the whole heap was once gone through.
//
// A collection comes once in many operations. The number of operations from one to the next is
// found by running them one by one, and where there are collections that many are counted: any
// window of that length holds the collector's share of the work, wherever it begins.
//
// Counts repeat only when everything that is touched lies at the same addresses: other addresses
// are other sets of the cache, and other conflicts. Valgrind maps memory alike each time, but the
// process's stack begins below its arguments and its environment, and the collector runs on it. So
// the counting has a stack of its own, at an address that the linker fixes. Nor may a clock's
// value lie on the coroutine's stack: the collector takes any word there for an address.
// And the runtime's clock counts its readings: how long a pause took would decide about branches.
#include "harness/count.h"

#include "base/rng.h"
#include "runtime/clock.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_STOP_INSTRUMENTATION ((void)0)
#define CALLGRIND_TOGGLE_COLLECT ((void)0)
#endif

enum {
    PROBE_OP_COUNT = 2,              // tells whether a side allocates from the collected heap
    SETTLED_GC_COUNT = 2,            // a heap is in its steady state after its second collection
    PERIOD_OP_COUNT_MAX = 1 << 20,   // who collects less often is counted without a collection
    WARM_UP_SHARE = 8,               // of the counted operations, before them
    SYSTEM_STACK_BYTES = 256 * 1024, // the collector and libc need a fraction of it
    CLOCK_STEP_NS = 100,             // about what happens between two readings takes
};

static _Alignas(4096) char system_stack[SYSTEM_STACK_BYTES];

struct count {
    struct count_options options; // a copy, to lie on that stack as well
    const struct workload_build *build;
    struct rng rng;
    struct count_result *result;
    void *held;    // by the build's prepare()
    uint64_t sink; // checksums end here
};

static void run_ops(struct count *count, uint64_t op_count)
{
    const struct workload_run run = {.op_count = op_count,
                                     .seed = rng_next(&count->rng),
                                     .parameter = count->options.parameter,
                                     .held = count->held};
    count->sink += count->build->run(&run);
}

// The collector's statistics, which contain times: kept where the runtime's does not look.
static const struct runtime_stats *stats_now(const struct count *count)
{
    static struct runtime_stats stats;
    placement_stats_read(count->build->placement, &stats);
    return &stats;
}

// Runs operations one by one until the next collection; returns how many, or 0 when none came.
static uint64_t run_to_collection(struct count *count)
{
    const uint64_t gc_count = placement_gc_count(count->build->placement);
    for (uint64_t op_count = 1; op_count <= PERIOD_OP_COUNT_MAX; op_count++) {
        run_ops(count, 1);
        if (placement_gc_count(count->build->placement) != gc_count) {
            return op_count;
        }
    }
    return 0;
}

// How many operations to run before those that count, and how many to count: those asked for, or
// one period of the collector.
struct plan {
    uint64_t warm_up_op_count;
    uint64_t op_count;
};

static struct plan settle(struct count *count)
{
    const uint64_t op_count =
        count->build->count_op_count ? count->build->count_op_count : count->options.op_count;
    const struct plan as_asked = {op_count / WARM_UP_SHARE + 1, op_count};
    const uint64_t probe_bytes = stats_now(count)->heap_alloc_bytes;
    run_ops(count, PROBE_OP_COUNT);
    if (stats_now(count)->heap_alloc_bytes == probe_bytes) {
        return as_asked;
    }
    for (int i = 0; i < SETTLED_GC_COUNT; i++) {
        run_to_collection(count);
    }
    const uint64_t alloc_bytes = stats_now(count)->heap_alloc_bytes;
    const uint64_t period = run_to_collection(count);
    if (!period) {
        return as_asked;
    }
    const double period_bytes = (double)(stats_now(count)->heap_alloc_bytes - alloc_bytes);
    const double share = (double)count->options.warm_up_bytes / period_bytes;
    const uint64_t warm_up_op_count = share < 1 ? (uint64_t)((double)period * share) : period;
    return (struct plan){warm_up_op_count + 1, period};
}

static void count_holding(void *held, void *context)
{
    struct count *count = context;
    count->held = held;
    const struct plan plan = settle(count);
    CALLGRIND_START_INSTRUMENTATION;
    run_ops(count, plan.warm_up_op_count);
    // placement_stats_read() would push the operation's data out of the cache.
    const uint64_t gc_count = placement_gc_count(count->build->placement);
    CALLGRIND_TOGGLE_COLLECT;
    run_ops(count, plan.op_count);
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_STOP_INSTRUMENTATION;
    count->result->gc_count = (double)(placement_gc_count(count->build->placement) - gc_count);
    count->result->op_count = (double)plan.op_count;
}

static void count_on_coroutine(void *arg)
{
    struct count *count = arg;
    workload_build_prepare(count->build, count->options.parameter, count_holding, count);
}

struct counting {
    const struct measure_pair *pair;
    const struct count_options *options;
    struct count_result *result;
    ucontext_t caller;
};

static struct counting *counting; // makecontext() passes integers only

static void run_on_system_stack(void)
{
    struct count count = {.options = *counting->options, .result = counting->result};
    count.build = count.options.side_b ? counting->pair->b : counting->pair->a;
    rng_init(&count.rng, count.options.seed);
    placement_begin(count.build->placement);
    const size_t stack_bytes = count.build->stack_bytes_min;
    const struct runtime_config config = {
        .procs = 1, .stack_bytes_min = stack_bytes ? stack_bytes : WORKLOAD_STACK_BYTES};
    clock_step(CLOCK_STEP_NS);
    const int error = runtime_run(&config, count_on_coroutine, &count);
    if (error) {
        snprintf(count.result->error, sizeof count.result->error, "runtime_run: %s",
                 strerror(-error));
    }
}

void count_run(const struct measure_pair *pair, const struct count_options *options,
               struct count_result *result)
{
    *result = (struct count_result){.instrumented = RUNNING_ON_VALGRIND > 0};
    struct counting own = {.pair = pair, .options = options, .result = result};
    counting = &own;
    ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = system_stack;
    context.uc_stack.ss_size = sizeof system_stack;
    context.uc_link = &own.caller;
    makecontext(&context, run_on_system_stack, 0);
    swapcontext(&own.caller, &context);
    counting = NULL;
}
