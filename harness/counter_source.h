// Where event counts come from: the contract between what counts (harness/counter_set.h) and what
// reads the machine's counters (harness/counter_linux.c; tests have sources of their own).
#ifndef HARNESS_COUNTER_SOURCE_H
#define HARNESS_COUNTER_SOURCE_H

#include "harness/counter_event.h"

#include <stddef.h>
#include <stdint.h>

// What an event has counted since it was opened. Where events outnumber the counters they take
// turns: `running_ns` is how long of `enabled_ns` it really counted. Both only grow.
struct counter_value {
    uint64_t count; // modulo 2^width_bits of its source
    uint64_t enabled_ns;
    uint64_t running_ns;
};

struct counter_source {
    unsigned width_bits; // 1 to 64

    // Opens an event of the calling thread: in the group of the event `leader`, whose members count
    // at the same moments, or with -1 as the leader of a group of its own. Returns a handle from 0,
    // or -errno; a member that does not fit is refused, and may fit alone.
    int (*open)(enum counter_event event, int leader);

    // Begins to count a group that has all its members.
    void (*start)(int leader);

    // Reads the events of one group, its leader first, in the order they were opened. Returns 0, or
    // -errno with the values untouched.
    int (*read)(const int *handles, size_t handle_count, struct counter_value *values);

    // Members are closed before their leader.
    void (*close)(int handle);
};

// The machine's.
const struct counter_source *counter_source_system(void);

#endif
