#include "harness/latency_launch.h"

#include "base/allocate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

// Enough for any percentile; the time ends a launch before that.
enum { OPS_MAX = 2000000 };
// The worker's warm-up follows from its time a pair: short, the collector's needs come on top.
static const double warm_up_pair_seconds = 0.05;

// Adds what the worker printed; false with a message when it is not what was asked for.
static bool add(const char *output, const char *pair_name, struct latency_side sides[2],
                struct latency_side *timer, char message[SAMPLE_ERROR_BYTES])
{
    json_error_t why;
    json_t *const document = json_loads(output, JSON_REJECT_DUPLICATES, &why);
    if (!document) {
        snprintf(message, SAMPLE_ERROR_BYTES, "its output is not JSON: line %d: %.100s", why.line,
                 why.text);
        return false;
    }
    int format = 0;
    const char *name = NULL;
    json_t *objects[3] = {0};
    bool good =
        json_unpack_ex(document, &why, 0, "{s:i, s:s, s:o, s:o, s:o}", "format", &format, "pair",
                       &name, "a", &objects[0], "b", &objects[1], "timer", &objects[2]) == 0;
    if (!good) {
        snprintf(message, SAMPLE_ERROR_BYTES, "unexpected output: %.100s", why.text);
    } else if (format != 1 || strcmp(name, pair_name) != 0) {
        good = false;
        snprintf(message, SAMPLE_ERROR_BYTES, "its output has format %d and is about '%.80s'",
                 format, name);
    }
    // Into new ones first: all three are added or none.
    struct latency_side *const read = allocate_zeroed(3, sizeof *read);
    for (size_t i = 0; i < 3 && good; i++) {
        char error[LATENCY_SIDE_ERROR_BYTES];
        good = latency_side_add(&read[i], objects[i], error);
        if (!good) {
            snprintf(message, SAMPLE_ERROR_BYTES, "unexpected output: %.120s", error);
        }
    }
    for (size_t i = 0; i < 3 && good; i++) {
        struct latency_side *const side = i < 2 ? &sides[i] : timer;
        histogram_merge(&side->all, &read[i].all);
        histogram_merge(&side->collected, &read[i].collected);
    }
    free(read);
    json_decref(document);
    return good;
}

static enum worker_outcome judge(const struct launch *launch, const struct latency_call *call,
                                 struct latency_side sides[2], struct latency_side *timer,
                                 struct latency_answer *answer)
{
    launch_describe_end(launch, answer->message, sizeof answer->message);
    if (launch->interrupted) {
        return WORKER_INTERRUPTED;
    }
    if (launch->timed_out) {
        return WORKER_RETRY;
    }
    // 1: its checks failed; 2: it does not know the option or the pair. The next would end so too.
    if (WIFSIGNALED(launch->wait_status) || WEXITSTATUS(launch->wait_status) == 1 ||
        WEXITSTATUS(launch->wait_status) == 2) {
        return WORKER_FATAL;
    }
    if (WEXITSTATUS(launch->wait_status) != 0 ||
        !add(launch->output, call->pair_name, sides, timer, answer->message)) {
        return WORKER_RETRY;
    }
    return WORKER_OK;
}

enum worker_outcome latency_launch(const struct latency_call *call, struct latency_side sides[2],
                                   struct latency_side *timer, struct latency_answer *answer)
{
    *answer = (struct latency_answer){0};
    char *const owned[] = {
        allocate_text("--latency=%s", call->pair_name),
        allocate_text("--latency-ops=%d", OPS_MAX),
        allocate_text("--latency-seconds=%.6f", call->seconds),
        allocate_text("--cpu=%d", call->cpu),
        allocate_text("--seed=%" PRIu64, call->seed),
        allocate_text("--offset=%d", call->offset),
        allocate_text("--stack-pad=%zu", call->stack_pad_bytes),
        allocate_text("--pair-seconds=%.6f", warm_up_pair_seconds),
    };
    enum { OWNED_COUNT = sizeof owned / sizeof owned[0] };
    const char *arguments[OWNED_COUNT + 2] = {call->worker_path};
    for (size_t i = 0; i < OWNED_COUNT; i++) {
        arguments[i + 1] = owned[i];
    }
    struct launch launch;
    const int error =
        launch_init(&launch, arguments, call->environment_bytes, call->timeout_seconds);
    enum worker_outcome outcome = WORKER_FATAL;
    if (error) {
        snprintf(answer->message, sizeof answer->message, "cannot run '%s': %s", call->worker_path,
                 strerror(-error));
    } else {
        outcome = judge(&launch, call, sides, timer, answer);
    }
    memcpy(answer->errors, launch.errors, sizeof answer->errors);
    launch_release(&launch);
    for (size_t i = 0; i < OWNED_COUNT; i++) {
        free(owned[i]);
    }
    return outcome;
}
