// Google Benchmark from C: the few calls that the worker needs.
#ifndef HARNESS_GBENCH_H
#define HARNESS_GBENCH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gbench_state; // one run of one benchmark

// Takes Google Benchmark's options out of the arguments.
void gbench_initialize(int *argument_count, char **arguments);

// Registers a benchmark that runs fn(state, arg) once a repetition (one iteration) and takes its
// time from gbench_time_set(). The name is copied; arg must live until gbench_run() has returned.
void gbench_register(const char *name, void (*fn)(struct gbench_state *state, void *arg),
                     void *arg);

// Adds a line to the context that reports begin with.
void gbench_context_add(const char *key, const char *value);

// Runs what --benchmark_filter selects and reports it; returns how many benchmarks that were.
size_t gbench_run(void);

// Inside fn, in this order: begin, the work, then the time with any counters, or an error.
void gbench_begin(struct gbench_state *state);
void gbench_time_set(struct gbench_state *state, double seconds);
void gbench_counter_set(struct gbench_state *state, const char *name, double value);
void gbench_fail(struct gbench_state *state, const char *message);

#ifdef __cplusplus
}
#endif

#endif
