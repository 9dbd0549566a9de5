// Counters of the kernel, through perf_event_open: of this thread, user space only.
#ifndef HARNESS_COUNTER_PERF_H
#define HARNESS_COUNTER_PERF_H

#include <stdbool.h>

enum { COUNTER_ADVICE_BYTES = 160 };

// Whether the machine counts cycles for us; when it does not, why, and what would help, in a line.
bool counter_perf_has_hardware(char advice[COUNTER_ADVICE_BYTES]);

// The line for an errno of perf_event_open().
void counter_perf_advise(int error_number, char advice[COUNTER_ADVICE_BYTES]);

#endif
