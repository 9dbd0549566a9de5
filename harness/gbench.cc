#include "harness/gbench.h"

#include <benchmark/benchmark.h>

static benchmark::State *unwrap(gbench_state *state)
{
    return reinterpret_cast<benchmark::State *>(state);
}

void gbench_initialize(int *argument_count, char **arguments)
{
    benchmark::Initialize(argument_count, arguments);
}

void gbench_register(const char *name, void (*fn)(gbench_state *, void *), void *arg)
{
    // One iteration: version 1.7 aborts when repetitions differ in their number, and ours is fixed
    // by time.
    benchmark::RegisterBenchmark(
        name,
        [fn, arg](benchmark::State &state) { fn(reinterpret_cast<gbench_state *>(&state), arg); })
        ->UseManualTime()
        ->Iterations(1);
}

void gbench_context_add(const char *key, const char *value)
{
    benchmark::AddCustomContext(key, value);
}

size_t gbench_run(void)
{
    const size_t count = benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return count;
}

// The iteration protocol: the first call begins it, the second, which must say no, ends it.
void gbench_begin(gbench_state *state)
{
    unwrap(state)->KeepRunningBatch(1);
}

void gbench_time_set(gbench_state *state, double seconds)
{
    unwrap(state)->SetIterationTime(seconds);
    unwrap(state)->KeepRunningBatch(1);
}

void gbench_counter_set(gbench_state *state, const char *name, double value)
{
    unwrap(state)->counters[name] = value;
}

void gbench_fail(gbench_state *state, const char *message)
{
    unwrap(state)->SkipWithError(message);
}
