// First every pair runs once untimed and as short as possible, which warms the page cache and tells
// what a process costs beside its measured time; then the plan's rounds follow. The time of a pair
// is fixed before the first round and corrected at most once, after it, because comparing launches
// of unlike length would add a difference that nobody asked for.
#include "harness/session.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "harness/budget.h"
#include "harness/interrupt.h"
#include "harness/plan.h"
#include "harness/progress.h"
#include "harness/stopwatch.h"
#include "harness/worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the untimed first pass may take of the budget; pairs it does not reach count as the mean.
static const double trial_share = 0.05;
// A run may end this much late before its time is corrected, or launches are left out.
static const double late_share_corrected = 0.05, late_share_cut = 0.2;

// What belongs to the loop and not to its result.
struct progress_state {
    struct progress progress;
    struct plan plan;
    double start_seconds;
    double overhead_seconds;
};

void session_note(struct session *session, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(session->notes, json_string(text));
}

const struct sample *session_sample(const struct session *session, size_t launch_index,
                                    size_t pair_index)
{
    ASSERT(launch_index < session->launches);
    ASSERT(pair_index < session->list->count);
    return &session->samples[launch_index * session->list->count + pair_index];
}

static void report_failure(struct progress_state *state, const struct pair *pair, size_t launch,
                           const struct worker_answer *answer, const char *consequence)
{
    progress_clear(&state->progress);
    fprintf(stderr, "escapement: %s, launch %zu: %s%s\n", pair->name, launch, answer->message,
            consequence);
    for (const char *line = answer->errors; *line;) {
        const size_t length = strcspn(line, "\n");
        fprintf(stderr, "  worker: %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

// Runs one launch of a pair, a second time when the first failed for a reason that may pass.
// Returns 0 or the program's exit status.
static int measure(struct session *session, struct progress_state *state,
                   const struct plan_step *step, double pair_seconds, struct worker_answer *answer)
{
    const struct pair *const pair = &session->list->pairs[step->pair_index];
    struct worker_call call = {
        .worker_path = session->settings.links->paths[step->link_index],
        .pair = pair,
        .counters = session->settings.counters,
        .cpu = session->settings.cpu,
        .offset = session->catalog->offsets[step->offset_index],
        .seed = step->seed,
        .pair_seconds = pair_seconds,
        .stack_pad_bytes = step->stack_pad_bytes,
        .environment_bytes = step->environment_bytes,
        .timeout_seconds = session->settings.timeout_seconds + pair_seconds,
    };
    const size_t launch = step->launch_index + 1;
    for (int attempt = 0;; attempt++) {
        const enum worker_outcome outcome = worker_measure(&call, answer);
        if (outcome == WORKER_INTERRUPTED || interrupt_signal()) {
            return interrupt_status();
        }
        if (outcome == WORKER_OK) {
            if (!session->context) {
                session->context = json_incref(answer->context);
            }
            json_decref(answer->context);
            answer->context = NULL;
            return 0;
        }
        const bool again = outcome == WORKER_RETRY && attempt == 0;
        report_failure(state, pair, launch, answer,
                       again ? "; launched once more" : "; the run is given up");
        if (!again) {
            return 1;
        }
        session->launches_failed++;
        call.seed++; // so that a failure that depends on the seed does not just repeat
    }
}

static void show(struct session *session, struct progress_state *state, size_t step_index,
                 const char *phase)
{
    const struct plan_step *const step = &state->plan.steps[step_index];
    const struct pair *const pair = &session->list->pairs[step->pair_index];
    const size_t step_count = session->launches * session->list->count;
    const char *const sides = strrchr(pair->name, '/') + 1;
    char text[PAIR_NAME_BYTES + 64];
    if (phase) {
        snprintf(text, sizeof text, "%s  %s", phase, pair->name);
    } else {
        snprintf(text, sizeof text, "launch %zu/%zu  %.*s %s", step->launch_index + 1,
                 session->launches, (int)(sides - 1 - pair->name), pair->name, sides);
    }
    progress_show(&state->progress, phase ? 0 : (double)step_index / (double)step_count, text);
}

// The untimed first pass: learns what a process costs beside its measured time.
static int run_trials(struct session *session, struct progress_state *state)
{
    double overhead_seconds = 0;
    size_t done = 0;
    while (done < session->list->count &&
           (done == 0 || stopwatch_seconds() - state->start_seconds <
                             session->settings.budget_seconds * trial_share)) {
        struct worker_answer answer;
        show(session, state, done, "warming up");
        const int status =
            measure(session, state, &state->plan.steps[done], budget_pair_seconds_min, &answer);
        if (status) {
            return status;
        }
        overhead_seconds += answer.elapsed_seconds - budget_pair_seconds_min;
        done++;
    }
    state->overhead_seconds = overhead_seconds > 0 ? overhead_seconds / (double)done : 0;
    return 0;
}

static void fit_budget(struct session *session, struct progress_state *state)
{
    const struct session_settings *const settings = &session->settings;
    const struct budget_fit fit = budget_fit(&(struct budget_need){
        .seconds = settings->budget_seconds - settings->reserved_seconds -
                   (stopwatch_seconds() - state->start_seconds),
        .launches = settings->launches,
        .launches_fixed = settings->launches_fixed,
        .pairs = session->list->count,
        .overhead_seconds = state->overhead_seconds,
        .slope = 1,
    });
    if (fit.launches < settings->launches) {
        session_note(session, "%zu launches instead of %zu, to end within the budget of %.0f s",
                     fit.launches, settings->launches, settings->budget_seconds);
    }
    if (fit.too_small) {
        const double needed_seconds = (double)(fit.launches * session->list->count) *
                                      (state->overhead_seconds + fit.pair_seconds);
        session_note(
            session,
            "the budget of %.0f s is too small for %zu pairs: %zu launches of the shortest "
            "time take about %.0f s",
            settings->budget_seconds, session->list->count, fit.launches, needed_seconds);
    }
    session->launches = fit.launches;
    session->pair_seconds = fit.pair_seconds;
}

// After the first round: shortens the time of a pair when the run would end late.
static void correct_time(struct session *session, double round_seconds, double left_seconds,
                         double overhead_seconds)
{
    const size_t pairs = session->list->count, rounds_left = session->launches - 1;
    const double process_seconds = round_seconds / (double)pairs;
    if (rounds_left == 0 || process_seconds <= overhead_seconds ||
        round_seconds * (double)rounds_left <= left_seconds * (1 + late_share_corrected)) {
        return;
    }
    const double slope = (process_seconds - overhead_seconds) / session->pair_seconds;
    const double fitting_seconds =
        (left_seconds / (double)(rounds_left * pairs) - overhead_seconds) / slope;
    const double before_seconds = session->pair_seconds;
    session->pair_seconds =
        fitting_seconds > budget_pair_seconds_min ? fitting_seconds : budget_pair_seconds_min;
    if (session->pair_seconds < before_seconds) {
        session_note(session,
                     "the first launch of each pair was measured for %.3g s, the others for "
                     "%.3g s, to keep the budget",
                     before_seconds, session->pair_seconds);
    }
}

// Whether the run ends before this round, because it is late and has launches enough.
static bool is_cut(struct session *session, size_t round, double elapsed_seconds)
{
    if (session->settings.launches_fixed || round < BUDGET_LAUNCHES_MIN ||
        round % BUDGET_LAUNCHES_STEP != 0) {
        return false;
    }
    const size_t left = session->launches - round;
    const size_t next = left < BUDGET_LAUNCHES_STEP ? left : BUDGET_LAUNCHES_STEP;
    return elapsed_seconds * (double)(round + next) / (double)round >
           (session->settings.budget_seconds - session->settings.reserved_seconds) *
               (1 + late_share_cut);
}

static int run_rounds(struct session *session, struct progress_state *state)
{
    const size_t pairs = session->list->count;
    const double budget_seconds = session->settings.budget_seconds;
    for (size_t round = 0; round < session->launches; round++) {
        const double round_start_seconds = stopwatch_seconds();
        if (round > 0 && is_cut(session, round, round_start_seconds - state->start_seconds)) {
            session_note(session,
                         "%zu launches instead of %zu: the machine was slower than at the "
                         "start, and the budget of %.0f s was over",
                         round, session->launches, budget_seconds);
            session->launches = round;
            break;
        }
        for (size_t i = 0; i < pairs; i++) {
            const struct plan_step *const step = &state->plan.steps[round * pairs + i];
            struct worker_answer answer;
            show(session, state, round * pairs + i, NULL);
            const int status = measure(session, state, step, session->pair_seconds, &answer);
            if (status) {
                return status;
            }
            answer.sample.link = (int)step->link_index;
            session->samples[round * pairs + step->pair_index] = answer.sample;
        }
        if (round == 0) {
            const double now_seconds = stopwatch_seconds();
            correct_time(session, now_seconds - round_start_seconds,
                         budget_seconds - session->settings.reserved_seconds -
                             (now_seconds - state->start_seconds),
                         state->overhead_seconds);
        }
    }
    return 0;
}

int session_init(struct session *session, const struct session_settings *settings,
                 const struct catalog *catalog, const struct pair_list *list)
{
    ASSERT(list->count > 0);
    *session = (struct session){
        .settings = *settings,
        .catalog = catalog,
        .list = list,
        .samples = allocate_zeroed(settings->launches * list->count, sizeof(struct sample)),
        .launches = settings->launches,
        .started = time(NULL),
        .notes = json_array(),
    };
    struct progress_state state = {.start_seconds = stopwatch_seconds()};
    progress_init(&state.progress, settings->quiet, settings->budget_seconds);
    plan_init(&state.plan, settings->launches, list->count, catalog->offset_count,
              settings->links->count, settings->seed);
    int status = run_trials(session, &state);
    if (!status) {
        fit_budget(session, &state);
        status = run_rounds(session, &state);
    }
    progress_clear(&state.progress);
    plan_release(&state.plan);
    session->duration_seconds = stopwatch_seconds() - state.start_seconds;
    return status;
}

void session_release(struct session *session)
{
    free(session->samples);
    json_decref(session->context);
    json_decref(session->notes);
    *session = (struct session){0};
}
