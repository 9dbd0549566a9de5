// Launches rotate over offsets and link orders as the session's do (plan.h), under a seed of their
// own. Few launches suffice: a distribution is shown with its tail, and no interval is claimed.
#include "harness/latency.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "harness/interrupt.h"
#include "harness/latency_launch.h"
#include "harness/plan.h"
#include "harness/progress.h"
#include "harness/results.h"
#include "harness/stopwatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAUNCHES = 5 };

// Short against the timer, long against it, one whose collections mark a live tree, and requests
// beside a live heap of 16 MiB.
static const char *const default_names[] = {
    "short_lived/64/stack:gc",
    "short_lived/4096/stack:gc",
    "tree/8/stack:gc",
    "gc_pause/16777216/stack:gc",
};

// Of the budget: the default set, and every pair.
static const double default_share = 0.08, all_share = 0.25;
// A process beside its measured time: start, warm-up to two collections, checks.
static const double overhead_seconds = 0.03;
// Below this a launch times too few operations for a p99.9.
static const double pair_seconds_min = 0.03;
// The plan's seed: not the session's own.
static const uint64_t seed_change = 0x6c6174656e6379;

static bool is_chosen(enum latency_mode mode, const struct pair *pair)
{
    if (pair_is_control(pair) || pair->by_strategy || mode == LATENCY_NONE) {
        return false;
    }
    for (size_t i = 0; i < sizeof default_names / sizeof default_names[0]; i++) {
        if (strcmp(pair->name, default_names[i]) == 0) {
            return true;
        }
    }
    return mode == LATENCY_ALL;
}

void latency_init(struct latency *latency, enum latency_mode mode, const struct pair_list *list,
                  double budget_seconds)
{
    *latency = (struct latency){.launches = LAUNCHES};
    for (size_t i = 0; i < list->count; i++) {
        latency->count += is_chosen(mode, &list->pairs[i]);
    }
    const double share = mode == LATENCY_ALL ? all_share : default_share;
    const double processes = (double)(latency->count * LAUNCHES);
    latency->pair_seconds =
        latency->count > 0 ? budget_seconds * share / processes - overhead_seconds : 0;
    if (latency->pair_seconds < pair_seconds_min && mode == LATENCY_DEFAULT) {
        latency->is_left_out = latency->count > 0;
        latency->count = 0;
    } else if (latency->pair_seconds < pair_seconds_min) {
        latency->pair_seconds = pair_seconds_min;
    }
    latency->reserved_seconds = latency->count > 0 ? budget_seconds * share : 0;
    latency->pairs = allocate_zeroed(latency->count, sizeof *latency->pairs);
    for (size_t i = 0, used = 0; used < latency->count; i++) {
        if (is_chosen(mode, &list->pairs[i])) {
            latency->pairs[used++].pair = &list->pairs[i];
        }
    }
}

static void report_failure(const struct latency_call *call, size_t launch,
                           const struct latency_answer *answer, const char *consequence)
{
    fprintf(stderr, "escapement: %s, latency launch %zu: %s%s\n", call->pair_name, launch,
            answer->message, consequence);
    for (const char *line = answer->errors; *line;) {
        const size_t length = strcspn(line, "\n");
        fprintf(stderr, "  worker: %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

// One launch, a second time when the first failed. Returns 0 or the program's exit status.
static int measure_launch(struct latency *latency, const struct session *session,
                          const struct plan_step *step, struct progress *progress)
{
    struct latency_pair *const pair = &latency->pairs[step->pair_index];
    struct latency_call call = {
        .worker_path = session->settings.links->paths[step->link_index],
        .pair_name = pair->pair->name,
        .cpu = session->settings.cpu,
        .offset = session->catalog->offsets[step->offset_index],
        .seed = step->seed,
        .seconds = latency->pair_seconds,
        .stack_pad_bytes = step->stack_pad_bytes,
        .environment_bytes = step->environment_bytes,
        .timeout_seconds = session->settings.timeout_seconds + latency->pair_seconds,
    };
    for (int attempt = 0;; attempt++) {
        struct latency_answer answer;
        const enum worker_outcome outcome =
            latency_launch(&call, pair->sides, &pair->timer, &answer);
        if (outcome == WORKER_INTERRUPTED || interrupt_signal()) {
            return interrupt_status();
        }
        if (outcome == WORKER_OK) {
            return 0;
        }
        const bool again = outcome == WORKER_RETRY && attempt == 0;
        progress_clear(progress);
        report_failure(&call, step->launch_index + 1, &answer,
                       again ? "; launched once more" : "; the run is given up");
        if (!again) {
            return 1;
        }
        call.seed++;
    }
}

int latency_measure(struct latency *latency, struct session *session)
{
    if (latency->is_left_out) {
        session_note(session,
                     "no latency pass: the budget of %.0f s is too small for one (--latency "
                     "enforces it)",
                     session->settings.budget_seconds);
    }
    if (latency->count == 0) {
        return 0;
    }
    struct plan plan;
    struct progress progress;
    plan_init(&plan, latency->launches, latency->count, session->catalog->offset_count,
              session->settings.links->count, session->settings.seed ^ seed_change);
    progress_init(&progress, session->settings.quiet, latency->reserved_seconds);
    const double start_seconds = stopwatch_seconds();
    const size_t step_count = latency->launches * latency->count;
    int status = 0;
    for (size_t i = 0; i < step_count && !status; i++) {
        const struct plan_step *const step = &plan.steps[i];
        char text[PAIR_NAME_BYTES + 64];
        snprintf(text, sizeof text, "latency %zu/%zu  %s", step->launch_index + 1,
                 latency->launches, latency->pairs[step->pair_index].pair->name);
        progress_show(&progress, (double)i / (double)step_count, text);
        status = measure_launch(latency, session, step, &progress);
    }
    progress_clear(&progress);
    plan_release(&plan);
    latency->duration_seconds = stopwatch_seconds() - start_seconds;
    return status;
}

static json_t *pair_json(const struct latency_pair *latency_pair)
{
    const struct pair *const pair = latency_pair->pair;
    char parameter[PAIR_PARAMETER_BYTES];
    pair_parameter_text(pair->workload->unit, pair->parameter, parameter);
    json_t *const json = json_pack(
        "{s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o}",                                      //
        "workload", pair->workload->name,                                                     //
        "parameter", pair->has_parameter ? json_string(parameter) : json_null(),              //
        "parameter_value", pair->has_parameter ? json_integer(pair->parameter) : json_null(), //
        "unit", pair->has_parameter ? pair->workload->unit : "", "a", pair->a, "b", pair->b,  //
        "timer", latency_side_json(&latency_pair->timer),                                     //
        "a_latency", latency_side_json(&latency_pair->sides[0]),                              //
        "b_latency", latency_side_json(&latency_pair->sides[1]));
    ASSERT(json != NULL);
    return json;
}

json_t *latency_json(const struct latency *latency, const struct session *session, const char *id)
{
    if (latency->count == 0) {
        return NULL;
    }
    json_t *const pairs = json_array();
    for (size_t i = 0; i < latency->count; i++) {
        json_array_append_new(pairs, pair_json(&latency->pairs[i]));
    }
    return json_pack("{s:i, s:s, s:I, s:I, s:i, s:f, s:f, s:f, s:s, s:o}", "format", 1, "id", id,
                     "seed", (json_int_t)session->settings.seed, "launches",
                     (json_int_t)latency->launches, "cpu", session->settings.cpu, "pair_seconds",
                     latency->pair_seconds, "duration_seconds", latency->duration_seconds,
                     "relative_error", HISTOGRAM_RELATIVE_ERROR, "source", "measured", "pairs",
                     pairs);
}

void latency_release(struct latency *latency)
{
    free(latency->pairs);
    *latency = (struct latency){0};
}
