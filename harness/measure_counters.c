#include "harness/measure_counters.h"

#include "runtime/coroutine.h"

#include <time.h>

enum { QUAD_SLICE_COUNT = 4 };

struct counting {
    struct measure_counters *counters;
    const struct measure_counters_build *builds;
    uint64_t parameter;
    struct rng *rng;
    struct counter_set set;
    struct counter_total totals[2];
    struct counter_total *window_total; // of the open window
    uint64_t op_counts[2];
    bool is_split;
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct workload_run slice_run(struct counting *counting, int which)
{
    const struct measure_counters_build *const side = &counting->builds[which];
    return (struct workload_run){.op_count = side->slice_op_count,
                                 .seed = rng_next(counting->rng),
                                 .parameter = counting->parameter,
                                 .held = side->held};
}

// Reading the counters wants more stack than a coroutine of 2 KiB has, and does not ask for it.
static void begin_window(void *arg)
{
    counter_set_begin(&((struct counting *)arg)->set);
}

static void end_window(void *arg)
{
    struct counting *const counting = arg;
    counter_set_end(&counting->set, counting->window_total);
}

// What a window counts with nothing in it, the way to the system stack and back included.
static void calibrate(struct counting *counting)
{
    counting->window_total = &counting->set.empty;
    coroutine_on_system_stack(begin_window, counting);
    coroutine_on_system_stack(end_window, counting);
}

static void count_slice(struct counting *counting, int which)
{
    const struct measure_counters_build *const side = &counting->builds[which];
    const struct workload_run run = slice_run(counting, which);
    counting->window_total = &counting->totals[which];
    coroutine_on_system_stack(begin_window, counting);
    const uint64_t checksum = side->build->run(&run);
    coroutine_on_system_stack(end_window, counting);
    calibrate(counting);
    counting->counters->sink += checksum;
    counting->op_counts[which] += side->slice_op_count;
}

// One slice a side that nobody counts. What a side does only once in a process, such as touching
// the pages it then keeps, would otherwise be divided by however many operations fit into the
// time: page faults an operation would say how long the run was.
static void run_uncounted(struct counting *counting)
{
    for (int which = 0; which < 2; which++) {
        const struct measure_counters_build *const side = &counting->builds[which];
        const struct workload_run run = slice_run(counting, which);
        counting->counters->sink += side->build->run(&run);
    }
}

static void count_quads(struct counting *counting)
{
    for (int i = 0; i < 2; i++) {
        counting->totals[i] = (struct counter_total){0};
        counting->op_counts[i] = 0;
    }
    const double end_seconds = seconds_now() + counting->counters->seconds;
    do {
        const int outer = (int)(rng_next(counting->rng) >> 63);
        for (int i = 0; i < QUAD_SLICE_COUNT; i++) {
            count_slice(counting, i == 0 || i == QUAD_SLICE_COUNT - 1 ? outer : !outer);
        }
    } while (seconds_now() < end_seconds);
}

// Opening, closing and the library functions behind them want more stack than a coroutine need
// have.
static void open_counters(void *arg)
{
    struct counting *const counting = arg;
    counter_set_init(&counting->set, counting->counters->source, counting->counters->hardware);
}

static void split_counters(void *arg)
{
    struct counting *const counting = arg;
    counting->is_split = counter_set_split(&counting->set);
}

static void close_counters(void *arg)
{
    struct counting *const counting = arg;
    counter_set_release(&counting->set);
}

static void summarize(const struct counting *counting)
{
    for (int i = 0; i < 2; i++) {
        struct measure_counters_side *const side = &counting->counters->sides[i];
        for (enum counter_event event = 0; event < COUNTER_EVENT_COUNT; event++) {
            side->per_op[event] =
                counter_set_figure(&counting->set, event, &counting->totals[i],
                                   (double)counting->op_counts[i], &side->active_share[event]);
        }
    }
}

void measure_counters_run(struct measure_counters *counters,
                          const struct measure_counters_build builds[2], uint64_t parameter,
                          struct rng *rng)
{
    struct counting counting = {
        .counters = counters, .builds = builds, .parameter = parameter, .rng = rng};
    coroutine_on_system_stack(open_counters, &counting);
    run_uncounted(&counting);
    count_quads(&counting);
    coroutine_on_system_stack(split_counters, &counting);
    if (counting.is_split) {
        count_quads(&counting);
    }
    summarize(&counting);
    coroutine_on_system_stack(close_counters, &counting);
}
