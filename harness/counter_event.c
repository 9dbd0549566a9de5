#include "harness/counter_event.h"

#include "base/assert.h"

const char *counter_event_name(enum counter_event event)
{
    static const char *const names[COUNTER_EVENT_COUNT] = {
        [COUNTER_CYCLES] = "hw_cycles",           [COUNTER_INSTRUCTIONS] = "hw_instructions",
        [COUNTER_L1D_MISSES] = "hw_l1d_misses",   [COUNTER_LL_MISSES] = "hw_ll_misses",
        [COUNTER_DTLB_MISSES] = "hw_dtlb_misses", [COUNTER_BRANCH_MISSES] = "hw_branch_misses",
        [COUNTER_PAGE_FAULTS] = "page_faults",    [COUNTER_CONTEXT_SWITCHES] = "context_switches",
        [COUNTER_MIGRATIONS] = "migrations",      [COUNTER_TASK_CLOCK_NS] = "task_clock_ns",
    };
    ASSERT(event < COUNTER_EVENT_COUNT);
    return names[event];
}
