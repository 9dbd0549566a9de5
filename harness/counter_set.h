// The events counted over windows of code: opened in groups that fit, read before and after each
// window, added up, scaled, and relieved of what the reading itself adds.
//
//     counter_set_init(&set, counter_source_system(), true);
//     for (...) {
//         counter_set_begin(&set); work(); counter_set_end(&set, &total);
//         counter_set_calibrate(&set);
//     }
//     counter_set_figure(&set, COUNTER_CYCLES, &total, op_count, &share)
//
// All on one thread, which is the one that is counted.
#ifndef HARNESS_COUNTER_SET_H
#define HARNESS_COUNTER_SET_H

#include "harness/counter_source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter_group {
    enum counter_event events[COUNTER_EVENT_COUNT];
    int handles[COUNTER_EVENT_COUNT];
    size_t count;
    bool has_run; // a window saw it count
};

// Sums over windows. The values of an event that is not counted stay 0.
struct counter_total {
    struct counter_value values[COUNTER_EVENT_COUNT];
    uint64_t window_count;
};

struct counter_set {
    const struct counter_source *source; // borrowed
    struct counter_group groups[COUNTER_EVENT_COUNT];
    size_t group_count;
    int errors[COUNTER_EVENT_COUNT];                  // 0: counted; else -errno, why not
    struct counter_value before[COUNTER_EVENT_COUNT]; // as the window began
    struct counter_total empty;                       // of windows with nothing in them
};

// Opens the software events and, when wanted, the hardware's. What cannot be opened is left out:
// set->errors says why (-ECANCELED for what was not wanted).
void counter_set_init(struct counter_set *set, const struct counter_source *source, bool hardware);

void counter_set_release(struct counter_set *set);

// Adds a window with nothing in it to set->empty, whose mean is what every window adds by itself.
// One after each window meets the same turns of the groups as these.
void counter_set_calibrate(struct counter_set *set);

void counter_set_begin(struct counter_set *set);

// Adds the window to *total.
void counter_set_end(struct counter_set *set, struct counter_total *total);

// Groups that were enabled in windows and never ran: the kernel accepted them without having
// counters enough (it does not see those that a watchdog holds). Opens their events one by one;
// what was alone already is given up, with -EBUSY. Returns whether anything was opened anew: count
// again then, with new totals. Call it after some milliseconds of windows, as turns take that long.
bool counter_set_split(struct counter_set *set);

// An event per operation: scaled to all of the time, less what the windows themselves count, but
// not below 0. Returns NAN, and a share of 0, when it was not counted. *active_share is the part of
// the time during which it was.
double counter_set_figure(const struct counter_set *set, enum counter_event event,
                          const struct counter_total *total, double op_count, double *active_share);

// Whether the hardware counts: an event of it is open, and one counts up. If not, *error is
// -errno of what refused, or -ENODATA when all that opened stay 0.
bool counter_set_has_hardware(struct counter_set *set, int *error);

#endif
