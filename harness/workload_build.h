// What the harness knows of a workload: the copies that the linker collected, and how to call one.
#ifndef HARNESS_WORKLOAD_BUILD_H
#define HARNESS_WORKLOAD_BUILD_H

#include "harness/placement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workload_run {
    uint64_t op_count;
    uint64_t seed; // data depends on it, so that nothing is known at compile time
    uint64_t parameter;
    void *held; // what the workload's prepare() made; NULL without one
};

enum { WORKLOAD_PARAMETER_COUNT_MAX = 15 };

enum workload_default {
    WORKLOAD_DEFAULT_PLACEMENTS,
    WORKLOAD_DEFAULT_ALL, // and pairs of strategies
    WORKLOAD_DEFAULT_NONE,
};

// One compiled copy of a workload. The copies are found through the linker section workload_builds.
struct workload_build {
    const char *name;
    const char *file; // of the source
    const char *question;
    const char *operation;
    const char *unit;                                      // of the parameter; NULL without one
    uint64_t parameters[WORKLOAD_PARAMETER_COUNT_MAX + 1]; // ends with 0
    uint64_t control_parameter;                            // measured as A/A control when not 0
    uint64_t default_parameter;                            // see default_pairs; 0: all of them
    uint64_t smoke_parameter_max;        // larger ones are left out of smoke runs; 0: none is
    uint64_t strategy_control_parameter; // an A/A control of strategies when not 0
    // Which pairs a run without a choice measures, at the default parameter.
    enum workload_default default_pairs;
    bool by_strategy;                                // its sides may be strategies for stacks
    size_t stack_bytes_min;                          // of the coroutine; 0: WORKLOAD_STACK_BYTES
    uint64_t (*run)(const struct workload_run *run); // returns the checksum
    // What is made once and not timed: makes it, in its own frame if need be, and calls next() with
    // it, inside which all runs happen. Its stack is large enough never to move. NULL: nothing.
    void (*prepare)(uint64_t parameter, void (*next)(void *held, void *context), void *context);
    uint64_t count_op_count; // operations that a simulation counts; 0: as many as it is told
    enum placement placement;
    unsigned offset_bytes; // where its functions, and with them its loops, start inside 64 bytes
    enum workload_copy copy;
};

struct workload_holder {
    void (*next)(void *held, void *context);
    void *context;
};

static inline void workload_holder_call(void *held, void *arg)
{
    const struct workload_holder *const holder = (const struct workload_holder *)arg;
    holder->next(held, holder->context);
    // Needed until here, so it is in this frame or in what the callees saved: a root. prepare() may
    // have ended with its call of next(), and what measures lies on a stack that no collector
    // reads.
    __asm__ volatile("" : : "r"(held) : "memory");
}

// Calls next() with what the build prepares, which lives until it returns, or with NULL when that
// is nothing.
static inline void workload_build_prepare(const struct workload_build *build, uint64_t parameter,
                                          void (*next)(void *held, void *context), void *context)
{
    if (build->prepare) {
        struct workload_holder holder = {next, context};
        build->prepare(parameter, workload_holder_call, &holder);
    } else {
        next(NULL, context);
    }
}

// All placements run on a coroutine with this first stack, so that a foreign allocator fits.
enum { WORKLOAD_STACK_BYTES = 256 * 1024 };

#endif
