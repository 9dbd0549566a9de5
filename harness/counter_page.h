// Reads a counter in user space, from the page that perf_event_open's descriptor maps: no system
// call. Source: the comment on struct perf_event_mmap_page in linux/perf_event.h.
#ifndef HARNESS_COUNTER_PAGE_H
#define HARNESS_COUNTER_PAGE_H

#include "harness/counter_source.h"

#include <linux/perf_event.h>
#include <stdbool.h>

// How the processor's registers are read; tests have others.
struct counter_registers {
    uint64_t (*counter)(uint32_t index); // rdpmc: as many low bits as the page says are valid
    uint64_t (*ticks)(void);             // the time stamp counter
};

// The processor's own, or NULL on an architecture for which there is no code here.
const struct counter_registers *counter_registers(void);

// False, with nothing written, when the kernel does not let user space read this counter or the
// clock that its times are in.
bool counter_page_read(const volatile struct perf_event_mmap_page *page,
                       const struct counter_registers *registers, struct counter_value *value);

#endif
