// The worker answers, not this process, because it is the worker that will read: what opens for it,
// fits its groups and counts there is what a run will have.
#include "harness/counter_probe.h"

#include "base/die.h"
#include "harness/interrupt.h"
#include "harness/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// It opens some counters and lets them count for some hundredths of a second.
static const double timeout_seconds = 30;

// False when the text is not what --list-counters prints.
static bool parse(struct counter_probe *probe, const char *text)
{
    json_t *const answer = json_loads(text, 0, NULL);
    json_t *hardware = NULL, *missing = NULL;
    const char *advice = NULL;
    const bool good = json_unpack(answer, "{s:o, s:o, s:s}", "hardware", &hardware, "missing",
                                  &missing, "advice", &advice) == 0 &&
                      json_is_array(hardware) && json_is_array(missing);
    if (good) {
        probe->has_hardware = json_array_size(hardware) > 0;
        probe->missing = json_incref(missing);
        snprintf(probe->advice, sizeof probe->advice, "%s", advice);
    }
    json_decref(answer);
    return good;
}

void counter_probe_init(struct counter_probe *probe, const char *worker_path, int cpu)
{
    *probe = (struct counter_probe){0};
    char core[32];
    snprintf(core, sizeof core, "--cpu=%d", cpu);
    const char *const arguments[] = {worker_path, core, "--list-counters", NULL};
    struct launch launch;
    const int error = launch_init(&launch, arguments, 0, timeout_seconds);
    if (error) {
        die("cannot run the worker '%s': %s", worker_path, strerror(-error));
    }
    if (launch.interrupted) {
        fprintf(stderr, "escapement: interrupted\n");
        exit(interrupt_status());
    }
    if (launch.timed_out || launch.wait_status != 0 || !parse(probe, launch.output)) {
        char end[96];
        launch_describe_end(&launch, end, sizeof end);
        die("'%s --list-counters': %s, and no list of counters\n%s", worker_path, end,
            launch.errors);
    }
    launch_release(&launch);
}

void counter_probe_release(struct counter_probe *probe)
{
    json_decref(probe->missing);
    *probe = (struct counter_probe){0};
}
