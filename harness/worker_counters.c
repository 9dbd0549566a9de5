#ifndef _GNU_SOURCE
#define _GNU_SOURCE // strerrorname_np
#endif
#include "harness/worker_counters.h"

#include "base/die.h"
#include "harness/counter_advice.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

// Of the measured time. In a launch of 0.2 s that is 50 quads, some turns of counters that take
// turns, and some collections of most heaps.
static const double counted_share = 0.1;

enum worker_counters_kind worker_counters_parse(const char *text)
{
    static const char *const names[] = {[WORKER_COUNTERS_ALL] = "all",
                                        [WORKER_COUNTERS_SOFTWARE] = "software",
                                        [WORKER_COUNTERS_OFF] = "off"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], text) == 0) {
            return (enum worker_counters_kind)i;
        }
    }
    die("--counters: '%s' is not all, software or off", text);
}

void worker_counters_init(struct measure_counters *counters, enum worker_counters_kind kind,
                          struct measure_options *options)
{
    *counters = (struct measure_counters){
        .source = counter_source_system(),
        .hardware = kind == WORKER_COUNTERS_ALL,
        .seconds = options->smoke ? 0 : options->measured_seconds * counted_share,
    };
    options->counters = kind == WORKER_COUNTERS_OFF ? NULL : counters;
}

void worker_counters_set(struct gbench_state *state, const struct measure_counters *counters)
{
    for (int i = 0; i < 2; i++) {
        const struct measure_counters_side *const side = &counters->sides[i];
        for (enum counter_event event = 0; event < COUNTER_EVENT_COUNT; event++) {
            if (isnan(side->per_op[event])) {
                continue;
            }
            char name[64];
            snprintf(name, sizeof name, "%c_%s", "ab"[i], counter_event_name(event));
            gbench_counter_set(state, name, side->per_op[event]);
            if (event < COUNTER_HARDWARE_COUNT) {
                snprintf(name, sizeof name, "%c_%s_active_share", "ab"[i],
                         counter_event_name(event));
                gbench_counter_set(state, name, side->active_share[event]);
            }
        }
    }
}

void worker_counters_print(FILE *out)
{
    struct counter_set set;
    counter_set_init(&set, counter_source_system(), true);
    int error = 0;
    char advice[COUNTER_ADVICE_BYTES] = "";
    const bool has_hardware = counter_set_has_hardware(&set, &error);
    if (!has_hardware) {
        counter_advice_write(-error, advice);
    }
    fputs("{\"hardware\": [", out);
    const char *separator = "";
    for (enum counter_event event = 0; event < COUNTER_HARDWARE_COUNT; event++) {
        if (has_hardware && set.errors[event] == 0) {
            fprintf(out, "%s\"%s\"", separator, counter_event_name(event));
            separator = ", ";
        }
    }
    fputs("], \"missing\": [", out);
    separator = "";
    for (enum counter_event event = 0; event < COUNTER_HARDWARE_COUNT; event++) {
        if (set.errors[event] != 0) {
            const char *const name = strerrorname_np(-set.errors[event]);
            fprintf(out, "%s{\"event\": \"%s\", \"error\": \"%s\"}", separator,
                    counter_event_name(event), name ? name : "unknown");
            separator = ", ";
        }
    }
    // No text of counter_advice.c has a character that JSON would have escaped.
    fprintf(out, "], \"advice\": \"%s\"}\n", advice);
    counter_set_release(&set);
}
