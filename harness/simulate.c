// The counts are read from callgrind's closing lines on stderr, which name the events and their
// totals: no file has to be found, named and removed. Only the operations are collected
// (harness/count.c), so the totals are theirs.
#include "harness/simulate.h"

#include "base/allocate.h"
#include "harness/launch.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    // For sides without a collector: the loop's own beginning and end, some 60 instructions, stay
    // near a tenth of one per operation, and the longest operations (64 KiB) under two seconds.
    OP_COUNT = 500,
    // Any will do, as long as it is always the same.
    SEED = 1,
};

static const double version_timeout_seconds = 20;

static char *find_in_path(const char *program)
{
    const char *folders = getenv("PATH");
    while (folders && *folders) {
        const size_t length = strcspn(folders, ":");
        char *const path = allocate_text("%.*s/%s", (int)length, folders, program);
        if (length > 0 && access(path, X_OK) == 0) {
            return path;
        }
        free(path);
        folders += length + (folders[length] == ':');
    }
    return NULL;
}

char *simulate_find_valgrind(char version[SIMULATE_VERSION_BYTES])
{
    char *const path = find_in_path("valgrind");
    if (!path) {
        return NULL;
    }
    const char *const arguments[] = {path, "--version", NULL};
    struct launch launch;
    const int error = launch_init(&launch, arguments, 0, version_timeout_seconds);
    const bool runs = !error && !launch.timed_out && !launch.interrupted &&
                      launch.wait_status == 0 && launch.output_bytes > 0;
    if (runs) {
        snprintf(version, SIMULATE_VERSION_BYTES, "%.*s", (int)strcspn(launch.output, "\n"),
                 launch.output);
    }
    launch_release(&launch);
    if (!runs) {
        free(path);
        return NULL;
    }
    return path;
}

// The text behind "NAME : " in a line of callgrind's, or NULL.
static const char *line_of(const char *errors, const char *name)
{
    const char *const found = strstr(errors, name);
    const char *const colon = found ? strchr(found, ':') : NULL;
    return colon ? colon + 1 : NULL;
}

// Adds up the totals of the events whose name is in `wanted` ("D1mr D1mw "); false when there is
// none.
static bool sum_events(const char *events, const char *totals, const char *wanted, double *sum)
{
    *sum = 0;
    int found_count = 0;
    for (;;) {
        events += strspn(events, " ");
        const size_t length = strcspn(events, " \n");
        if (length == 0) {
            return found_count > 0;
        }
        // Zeros at the end of the totals are not printed.
        totals += strspn(totals, " ");
        char *end = (char *)totals;
        const unsigned long long total = *totals == '\n' ? 0 : strtoull(totals, &end, 10);
        char name[16];
        snprintf(name, sizeof name, "%.*s ", (int)length, events);
        if (strstr(wanted, name)) {
            *sum += (double)total;
            found_count++;
        }
        events += length;
        totals = end;
    }
}

static bool read_totals(const char *errors, double sums[SIMULATE_METRIC_COUNT])
{
    static const char *const wanted[SIMULATE_METRIC_COUNT] = {
        [SIMULATE_INSTRUCTIONS] = "Ir ",
        [SIMULATE_L1D_MISSES] = "D1mr D1mw ",
        [SIMULATE_LL_MISSES] = "DLmr DLmw ",
        [SIMULATE_BRANCH_MISSES] = "Bcm Bim ",
    };
    const char *const events = line_of(errors, "== Events "), *const totals =
                                                                  line_of(errors, "== Collected ");
    if (!events || !totals) {
        return false;
    }
    for (size_t i = 0; i < SIMULATE_METRIC_COUNT; i++) {
        if (!sum_events(events, totals, wanted[i], &sums[i])) {
            return false;
        }
    }
    return true;
}

// What the worker says about what it ran.
static bool read_worker(const char *output, struct simulate_counts *counts,
                        char error[SIMULATE_ERROR_BYTES])
{
    json_t *const root = json_loads(output, 0, NULL);
    counts->op_count = json_number_value(json_object_get(root, "ops"));
    counts->gc_count = json_number_value(json_object_get(root, "collections"));
    const bool good = counts->op_count > 0 && json_is_true(json_object_get(root, "instrumented"));
    if (!good) {
        snprintf(error, SIMULATE_ERROR_BYTES, "%s",
                 counts->op_count > 0 ? "the worker was built without valgrind's headers"
                                      : "the worker under valgrind printed no counts");
    }
    json_decref(root);
    return good;
}

static bool read_launch(const struct launch *launch, struct simulate_counts *counts,
                        char error[SIMULATE_ERROR_BYTES])
{
    if (launch->timed_out || launch->interrupted || launch->wait_status != 0) {
        char end[96];
        launch_describe_end(launch, end, sizeof end);
        snprintf(error, SIMULATE_ERROR_BYTES, "the worker under valgrind: %s; %.300s", end,
                 launch->errors);
        return false;
    }
    double sums[SIMULATE_METRIC_COUNT];
    if (!read_worker(launch->output, counts, error)) {
        return false;
    }
    if (!read_totals(launch->errors, sums)) {
        snprintf(error, SIMULATE_ERROR_BYTES, "callgrind printed no totals; %.300s",
                 launch->errors);
        return false;
    }
    for (size_t i = 0; i < SIMULATE_METRIC_COUNT; i++) {
        counts->per_op[i] = sums[i] / counts->op_count;
    }
    return true;
}

bool simulate_side(const struct simulate_call *call, struct simulate_counts *counts,
                   char error[SIMULATE_ERROR_BYTES])
{
    *counts = (struct simulate_counts){0};
    const struct cache_model *const model = call->model;
    char *const owned[] = {
        allocate_text("--D1=%" PRIu64 ",%" PRIu64 ",%d", model->l1.size_bytes, model->l1.way_count,
                      CACHE_MODEL_LINE_BYTES),
        allocate_text("--LL=%" PRIu64 ",%" PRIu64 ",%d", model->ll.size_bytes, model->ll.way_count,
                      CACHE_MODEL_LINE_BYTES),
        allocate_text("--count-side=%c", call->side_b ? 'b' : 'a'),
        allocate_text("--count-ops=%d", OP_COUNT),
        allocate_text("--count-warm-up=%" PRIu64, model->ll.size_bytes),
        allocate_text("--seed=%d", SEED),
        allocate_text("--count=%s", call->pair->name),
    };
    const char *const arguments[] = {call->valgrind_path,
                                     "--tool=callgrind",
                                     "--instr-atstart=no",
                                     "--collect-atstart=no",
                                     "--cache-sim=yes",
                                     "--branch-sim=yes",
                                     "--callgrind-out-file=/dev/null",
                                     "--vgdb=no", // else a pipe in /tmp for a debugger
                                     "--I1=32768,8,64",
                                     owned[0],
                                     owned[1],
                                     call->worker_path,
                                     owned[2],
                                     owned[3],
                                     owned[4],
                                     owned[5],
                                     owned[6],
                                     NULL};
    struct launch launch;
    const int wrong = launch_init(&launch, arguments, 0, call->timeout_seconds);
    bool good = false;
    if (wrong) {
        snprintf(error, SIMULATE_ERROR_BYTES, "cannot run '%s': %s", call->valgrind_path,
                 strerror(-wrong));
    } else {
        good = read_launch(&launch, counts, error);
    }
    launch_release(&launch);
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        free(owned[i]);
    }
    return good;
}
