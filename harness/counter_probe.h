// Asks the worker which hardware counters it can read here.
#ifndef HARNESS_COUNTER_PROBE_H
#define HARNESS_COUNTER_PROBE_H

#include "harness/counter_advice.h"

#include <jansson.h>
#include <stdbool.h>

struct counter_probe {
    bool has_hardware;
    char advice[COUNTER_ADVICE_BYTES]; // when it has none: why, and what would help, in a line
    json_t *missing;                   // the events it cannot read, {"event", "error"} each
};

// Runs the worker with --list-counters on that core. Dies when it fails; exits as interrupted when
// a signal came.
void counter_probe_init(struct counter_probe *probe, const char *worker_path, int cpu);

void counter_probe_release(struct counter_probe *probe);

#endif
