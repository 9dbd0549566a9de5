// Simulations run after the measuring, when every core is free, and one thread a core starts them:
// they are deterministic, so that sharing the machine costs them time and nothing else.
#include "harness/counters.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "base/die.h"
#include "harness/interrupt.h"
#include "harness/progress.h"
#include "harness/stopwatch.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREAD_COUNT_MAX = 16 };

// A side takes seconds; one that takes this long hangs.
static const double side_timeout_seconds = 300;

static const struct {
    const char *name;
    const char *unit;
} metrics[SIMULATE_METRIC_COUNT] = {
    [SIMULATE_INSTRUCTIONS] = {"instructions", "instructions/op"},
    [SIMULATE_L1D_MISSES] = {"l1d_misses", "misses/op"},
    [SIMULATE_LL_MISSES] = {"ll_misses", "misses/op"},
    [SIMULATE_BRANCH_MISSES] = {"branch_misses", "misses/op"},
};

static const char *const no_valgrind = "valgrind is not installed (apt-get install valgrind)";

static enum counters_mode parse_mode(const char *text)
{
    static const char *const names[] = {
        [COUNTERS_AUTO] = "auto",
        [COUNTERS_HARDWARE] = "hardware",
        [COUNTERS_SIMULATED] = "simulated",
        [COUNTERS_OFF] = "off",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], text) == 0) {
            return (enum counters_mode)i;
        }
    }
    die("option '--counters': expected auto, hardware, simulated or off, got '%s'", text);
}

__attribute__((format(printf, 2, 3))) static void note(struct counters *counters,
                                                       const char *format, ...)
{
    const size_t used = strlen(counters->note);
    const size_t room = sizeof counters->note - used;
    const int begun = used ? snprintf(counters->note + used, room, "; ") : 0;
    va_list arguments;
    va_start(arguments, format);
    if ((size_t)begun < room) {
        vsnprintf(counters->note + used + begun, room - (size_t)begun, format, arguments);
    }
    va_end(arguments);
}

static void settle_hardware(struct counters *counters)
{
    counters->worker_kind = "all";
    if (!counters->probe.has_hardware) {
        note(counters, "%s", counters->probe.advice);
        return;
    }
    const json_t *const missing = counters->probe.missing;
    for (size_t i = 0; i < json_array_size(missing); i++) {
        const json_t *const event = json_array_get(missing, i);
        note(counters, "no %s (%s)", json_string_value(json_object_get(event, "event")),
             json_string_value(json_object_get(event, "error")));
    }
}

static void settle_simulation(struct counters *counters)
{
    char model[CACHE_MODEL_TEXT_BYTES];
    cache_model_text(&counters->model, model);
    counters->valgrind_path = simulate_find_valgrind(counters->valgrind_version);
    counters->simulates = counters->valgrind_path != NULL;
    if (counters->simulates) {
        note(counters, "cache misses are %ssimulated (callgrind, %s)",
             counters->probe.has_hardware ? "also " : "", model);
    } else if (counters->mode == COUNTERS_SIMULATED) {
        die("option '--counters simulated': %s", no_valgrind);
    } else {
        note(counters, "%s: nothing is simulated", no_valgrind);
    }
}

void counters_init(struct counters *counters, const char *mode_text, const char *model_text,
                   const char *worker_path, int cpu)
{
    *counters = (struct counters){
        .mode = parse_mode(mode_text), .worker_kind = "software", .model = cache_model_default};
    char error[CACHE_MODEL_ERROR_BYTES];
    if (model_text && !cache_model_parse(&counters->model, model_text, error)) {
        die("%s", error);
    }
    if (counters->mode == COUNTERS_AUTO || counters->mode == COUNTERS_HARDWARE) {
        counter_probe_init(&counters->probe, worker_path, cpu);
        settle_hardware(counters);
    }
    if (counters->mode == COUNTERS_HARDWARE && !counters->probe.has_hardware) {
        die("option '--counters hardware': %s", counters->probe.advice);
    }
    if (counters->mode == COUNTERS_AUTO || counters->mode == COUNTERS_SIMULATED) {
        settle_simulation(counters);
    }
    if (counters->mode == COUNTERS_OFF) {
        counters->worker_kind = "off";
    }
}

void counters_release(struct counters *counters)
{
    free(counters->valgrind_path);
    free(counters->sides);
    counter_probe_release(&counters->probe);
    *counters = (struct counters){0};
}

// What the threads share.
struct simulation {
    struct counters *counters;
    const struct pair_list *list;
    const char *worker_path;
    size_t *same_as; // for each side the first one that is the same build and parameter
    pthread_mutex_t lock;
    struct progress *progress;
    size_t done_count;
    atomic_size_t next_side;
    atomic_bool stopped;
    char error[SIMULATE_ERROR_BYTES];
};

static const char *placement_of(const struct pair *pair, size_t side)
{
    return side % 2 ? pair->b : pair->a;
}

// stack:gc and stack:malloc have a side in common: it is simulated once.
static size_t first_same(const struct pair_list *list, size_t side)
{
    const struct pair *const pair = &list->pairs[side / 2];
    for (size_t other = 0; other < side; other++) {
        const struct pair *const candidate = &list->pairs[other / 2];
        if (candidate->workload == pair->workload && candidate->parameter == pair->parameter &&
            pair_has_auto(candidate) == pair_has_auto(pair) && // else another compiler's build
            strcmp(placement_of(candidate, other), placement_of(pair, side)) == 0) {
            return other;
        }
    }
    return side;
}

static void simulate_one(struct simulation *simulation, size_t side)
{
    struct counters *const counters = simulation->counters;
    const struct simulate_call call = {
        .valgrind_path = counters->valgrind_path,
        .worker_path = simulation->worker_path,
        .model = &counters->model,
        .pair = &simulation->list->pairs[side / 2],
        .side_b = side % 2,
        .timeout_seconds = side_timeout_seconds,
    };
    char error[SIMULATE_ERROR_BYTES];
    const bool good = simulate_side(&call, &counters->sides[side], error);
    pthread_mutex_lock(&simulation->lock);
    if (!good && !atomic_exchange(&simulation->stopped, true)) {
        snprintf(simulation->error, sizeof simulation->error, "%s, placement %s: %.300s",
                 call.pair->name, placement_of(call.pair, side), error);
    }
    simulation->done_count++;
    char text[PAIR_NAME_BYTES + 32];
    snprintf(text, sizeof text, "simulating  %s", call.pair->name);
    progress_show(simulation->progress,
                  (double)simulation->done_count / (double)(counters->pair_count * 2), text);
    pthread_mutex_unlock(&simulation->lock);
}

static void *simulate_sides(void *arg)
{
    struct simulation *const simulation = arg;
    for (;;) {
        const size_t side = atomic_fetch_add(&simulation->next_side, 1);
        if (side >= simulation->counters->pair_count * 2 || simulation->stopped ||
            interrupt_signal()) {
            return NULL;
        }
        if (simulation->same_as[side] == side) {
            simulate_one(simulation, side);
        }
    }
}

static void run_threads(struct simulation *simulation)
{
    pthread_t threads[THREAD_COUNT_MAX];
    const long core_count = sysconf(_SC_NPROCESSORS_ONLN);
    size_t thread_count = 0;
    while (thread_count + 1 < THREAD_COUNT_MAX && (long)thread_count + 1 < core_count &&
           pthread_create(&threads[thread_count], NULL, simulate_sides, simulation) == 0) {
        thread_count++;
    }
    simulate_sides(simulation);
    for (size_t i = 0; i < thread_count; i++) {
        pthread_join(threads[i], NULL);
    }
}

int counters_simulate(struct counters *counters, const struct pair_list *list,
                      const char *worker_path, bool quiet)
{
    if (!counters->simulates) {
        return 0;
    }
    const double start_seconds = stopwatch_seconds();
    struct progress progress;
    progress_init(&progress, quiet, 0);
    // Strategies differ in what they do rarely: a simulation of so few operations would miss it.
    // What was added to the default set is not worth its time here.
    counters->pair_count =
        list->count - list->control_count - list->strategy_count - list->added_count;
    const size_t side_count = counters->pair_count * 2;
    counters->sides = allocate_zeroed(side_count, sizeof *counters->sides);
    struct simulation simulation = {.counters = counters,
                                    .list = list,
                                    .worker_path = worker_path,
                                    .same_as = allocate_zeroed(side_count, sizeof(size_t)),
                                    .lock = PTHREAD_MUTEX_INITIALIZER,
                                    .progress = &progress};
    for (size_t side = 0; side < side_count; side++) {
        simulation.same_as[side] = first_same(list, side);
    }
    run_threads(&simulation);
    for (size_t side = 0; side < side_count; side++) {
        counters->sides[side] = counters->sides[simulation.same_as[side]];
    }
    free(simulation.same_as);
    progress_clear(&progress);
    counters->seconds = stopwatch_seconds() - start_seconds;
    if (!simulation.stopped || interrupt_signal()) {
        return 0;
    }
    counters->pair_count = 0; // half of the pairs would be worse than none
    snprintf(counters->note, sizeof counters->note, "warning: nothing was simulated: %.200s",
             simulation.error);
    fprintf(stderr, "escapement: simulating %s\n", simulation.error);
    return counters->mode == COUNTERS_SIMULATED;
}

static void add_metrics(json_t *pair, const struct simulate_counts *sides)
{
    json_t *const target = json_object_get(pair, "metrics");
    ASSERT(target != NULL);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < SIMULATE_METRIC_COUNT; i++) {
            char name[48];
            snprintf(name, sizeof name, "%c_%s", side ? 'b' : 'a', metrics[i].name);
            const double value = sides[side].per_op[i];
            json_object_set_new(target, name,
                                json_pack("{s:f, s:f, s:f, s:s, s:s}", "value", value, "low", value,
                                          "high", value, "unit", metrics[i].unit, "source",
                                          "simulated"));
        }
    }
}

void counters_add(const struct counters *counters, json_t *run)
{
    if (counters->note[0]) {
        json_array_insert_new(json_object_get(run, "notes"), 0, json_string(counters->note));
    }
    if (counters->probe.has_hardware) {
        json_object_set_new(run, "hardware_counters",
                            json_pack("{s:s, s:s, s:O}", "source", "hardware", "tool",
                                      "perf_event_open", "missing", counters->probe.missing));
    }
    if (counters->pair_count == 0) {
        return;
    }
    char model[CACHE_MODEL_TEXT_BYTES];
    cache_model_text(&counters->model, model);
    json_object_set_new(run, "counters",
                        json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:f}", "source", "simulated",
                                  "tool", counters->valgrind_version, "model", model, "l1d_bytes",
                                  (json_int_t)counters->model.l1.size_bytes, "ll_bytes",
                                  (json_int_t)counters->model.ll.size_bytes, "line_bytes",
                                  CACHE_MODEL_LINE_BYTES, "seconds", counters->seconds));
    json_t *const pairs = json_object_get(run, "pairs");
    ASSERT(json_array_size(pairs) >= counters->pair_count);
    for (size_t i = 0; i < counters->pair_count; i++) {
        add_metrics(json_array_get(pairs, i), &counters->sides[2 * i]);
    }
}
