// The events that are counted while workloads run.
#ifndef HARNESS_COUNTER_EVENT_H
#define HARNESS_COUNTER_EVENT_H

enum counter_event {
    COUNTER_CYCLES, // of the hardware: in user space only
    COUNTER_INSTRUCTIONS,
    COUNTER_L1D_MISSES, // these three: of loads
    COUNTER_LL_MISSES,
    COUNTER_DTLB_MISSES,
    COUNTER_BRANCH_MISSES,
    // Of the kernel: software events. The clock leads them, because a kernel brings it up to date
    // for whoever reads it, but not for whoever reads a group in which it is a member.
    COUNTER_TASK_CLOCK_NS,
    COUNTER_PAGE_FAULTS,
    COUNTER_CONTEXT_SWITCHES,
    COUNTER_MIGRATIONS,
    COUNTER_EVENT_COUNT,
    COUNTER_HARDWARE_COUNT = COUNTER_TASK_CLOCK_NS,
};

// "hw_instructions", "page_faults": as in results, without the side.
const char *counter_event_name(enum counter_event event);

#endif
