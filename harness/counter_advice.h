// Why there are no hardware counters, and what would help.
#ifndef HARNESS_COUNTER_ADVICE_H
#define HARNESS_COUNTER_ADVICE_H

enum { COUNTER_ADVICE_BYTES = 160 };

// The line for an errno of perf_event_open(2), or for ENODATA: counters that open and stay 0.
void counter_advice_write(int error_number, char advice[COUNTER_ADVICE_BYTES]);

#endif
