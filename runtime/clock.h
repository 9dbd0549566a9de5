// The time, for counters and for waits that end.
//
// A program whose instructions are counted cannot use the real one: whether a pause is longer than
// the longest so far, or a wait over, is a branch that differs from run to run. clock_step() makes
// time a matter of how often somebody looked.
#ifndef RUNTIME_CLOCK_H
#define RUNTIME_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

extern uint64_t clock_step_ns;             // 0: the real time
extern _Atomic(uint64_t) clock_stepped_ns; // how late it is otherwise

// From now on every reading is `step_ns` later than the one before. Before runtime_run().
void clock_step(uint64_t step_ns);

static inline uint64_t clock_now_ns(void)
{
    if (clock_step_ns) {
        return atomic_fetch_add(&clock_stepped_ns, clock_step_ns) + clock_step_ns;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
