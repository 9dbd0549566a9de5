#include "harness/command_run.h"

#include "base/allocate.h"
#include "base/die.h"
#include "base/rng.h"
#include "harness/affinity.h"
#include "harness/benchmarks_json.h"
#include "harness/catalog.h"
#include "harness/counters.h"
#include "harness/display.h"
#include "harness/disturbance.h"
#include "harness/doctor.h"
#include "harness/environment.h"
#include "harness/explain.h"
#include "harness/interrupt.h"
#include "harness/latency.h"
#include "harness/options.h"
#include "harness/output_file.h"
#include "harness/pair.h"
#include "harness/pairs_json.h"
#include "harness/results.h"
#include "harness/samples_csv.h"
#include "harness/session.h"
#include "harness/table.h"
#include "harness/version.h"
#include "harness/worker.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// 20 launches give the interval x(6)..x(15), and one launch for each of 4 offsets in 5 link orders.
enum { LAUNCHES_DEFAULT = 20 };

struct run_options {
    const char *filter, *placements, *strategies, *results_folder, *json_path, *counters,
        *cache_model;
    int launches; // 0: not given
    int cpu;
    double budget_seconds, band, timeout_seconds;
    uint64_t seed;
    bool quiet, latency, no_latency, explain;
};

// From the clock, but below 2^53: every JSON reader keeps it exactly.
static uint64_t clock_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct rng rng;
    rng_init(&rng, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
    return rng_next(&rng) >> 11;
}

static void parse(struct run_options *options, int count, char *const *arguments)
{
    const struct options_row rows[] = {
        {.name = "filter",
         .kind = OPTIONS_TEXT,
         .placeholder = "REGEX",
         .target = (void *)&options->filter,
         .help = "only pairs whose WORKLOAD/PARAMETER/A:B matches"},
        {.name = "placements",
         .kind = OPTIONS_TEXT,
         .placeholder = "A:B,...",
         .target = (void *)&options->placements,
         .help = "what to compare (default stack:gc, some stack:auto)"},
        {.name = "strategies",
         .kind = OPTIONS_TEXT,
         .placeholder = "A:B,...",
         .target = (void *)&options->strategies,
         .help = "strategies for stacks to compare, likewise"},
        {.name = "launches",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &options->launches,
         .min = 6, // the fewest with a 95 % interval
         .max = 10000,
         .help = "processes a pair (default 20, at least 6)"},
        {.name = "budget",
         .kind = OPTIONS_SECONDS,
         .placeholder = "TIME",
         .target = &options->budget_seconds,
         .min = 1,
         .max = 7 * 24 * 3600,
         .help = "30s, 2m, ... for the whole run (default 2m)"},
        {.name = "cpu",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &options->cpu,
         .min = 0,
         .max = 1023,
         .help = "measure on this core (default: the quietest)"},
        {.name = "seed",
         .kind = OPTIONS_SEED,
         .placeholder = "N",
         .target = &options->seed,
         .help = "of all that is drawn (default: the clock)"},
        {.name = "band",
         .kind = OPTIONS_PERCENT,
         .placeholder = "PERCENT",
         .target = &options->band,
         .min = 0.01,
         .max = 100,
         .help = "least equivalence band (default 1)"},
        {.name = "latency",
         .kind = OPTIONS_FLAG,
         .target = &options->latency,
         .help = "time single operations of every pair, not of a few"},
        {.name = "no-latency",
         .kind = OPTIONS_FLAG,
         .target = &options->no_latency,
         .help = "time single operations of no pair"},
        {.name = "explain",
         .kind = OPTIONS_FLAG,
         .target = &options->explain,
         .help = "why each object of placement auto is where it is"},
        {.name = "timeout",
         .kind = OPTIONS_SECONDS,
         .placeholder = "TIME",
         .target = &options->timeout_seconds,
         .min = 0.1,
         .max = 24 * 3600,
         .help = "of one launch, beside its share (default 60s)"},
        {.name = "counters",
         .kind = OPTIONS_TEXT,
         .placeholder = "KIND",
         .target = (void *)&options->counters,
         .help = "auto, hardware, simulated or off (default auto)"},
        {.name = "cache-model",
         .kind = OPTIONS_TEXT,
         .placeholder = "MODEL",
         .target = (void *)&options->cache_model,
         .help = "to simulate (default L1=48K/12,LL=1M/16)"},
        {.name = "results",
         .kind = OPTIONS_TEXT,
         .placeholder = "DIR",
         .target = (void *)&options->results_folder,
         .help = "where the run's folder goes (default results)"},
        {.name = "json",
         .kind = OPTIONS_TEXT,
         .placeholder = "FILE|-",
         .target = (void *)&options->json_path,
         .help = "write pairs.json here as well; - is stdout"},
        {.name = "quiet",
         .kind = OPTIONS_FLAG,
         .target = &options->quiet,
         .help = "no progress on stderr"},
    };
    const struct options_table table = {
        .command = "run",
        .summary =
            "Measures pairs of placements, and of strategies for stacks, in fresh processes,\n"
            "prints how they compare, and writes everything to a new folder under the results\n"
            "folder.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    options_parse_or_exit(&table, count, arguments);
    if (options->explain && !options->placements && !options->strategies) {
        options->placements = "stack:auto";
    }
    if (options->latency && options->no_latency) {
        die("options '--latency' and '--no-latency' exclude each other");
    }
}

// Picks the core to measure on, examines the machine while nothing of ours runs there, and leaves
// it to the worker.
static int settle_cpu(int wanted_cpu, struct condition_list *conditions)
{
    affinity_init();
    if (wanted_cpu >= 0 && !affinity_allows(wanted_cpu)) {
        die("option '--cpu': this process may not run on core %d", wanted_cpu);
    }
    const int cpu = wanted_cpu >= 0 ? wanted_cpu : affinity_quietest();
    doctor_examine(conditions, cpu);
    affinity_avoid(cpu);
    return cpu;
}

// The rest of environment.json, which only the run knows.
static json_t *finished_environment(const struct environment *environment,
                                    const struct condition_list *conditions,
                                    const struct session *session, const char *id)
{
    char started[RESULTS_TIME_BYTES], ended[RESULTS_TIME_BYTES];
    results_time_text(session->started, started);
    results_time_text(time(NULL), ended);
    json_t *const json =
        json_pack("{s:i, s:s, s:s, s:s, s:I}", "format", 1, "id", id, "started", started, "ended",
                  ended, "seed", (json_int_t)session->settings.seed);
    json_t *const machine = environment_json(environment);
    json_object_update(json, machine);
    json_decref(machine);
    json_object_set_new(json, "conditions", condition_json(conditions));
    return json;
}

// Of `auto` beside what its compiler has not built.
static void note_compilers(struct session *session, const struct catalog *catalog,
                           const struct pair_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct pair *const pair = &list->pairs[i];
        const char *const other = strcmp(pair->a, "auto") == 0 ? pair->b : pair->a;
        if (pair_has_auto(pair) && !pair_is_control(pair) && !catalog_is_matched(catalog, other)) {
            session_note(session,
                         "auto is compiled by " ESCAPEMENT_COMPILER_AUTO
                         ", %s by " ESCAPEMENT_COMPILER ": their pairs compare compilers as well",
                         other);
            return;
        }
    }
}

static int interrupted(void)
{
    fprintf(stderr, "escapement: interrupted\n");
    return interrupt_status();
}

// Writes the run's folder and prints. Returns the exit status.
static int publish(const struct run_options *options, struct session *session,
                   const struct latency *latency, const struct environment *environment,
                   const struct condition_list *conditions, const struct counters *counters,
                   const char *worker_path, struct results *results, struct output_file *json_file)
{
    json_t *const environment_object =
        finished_environment(environment, conditions, session, results->id);
    disturbance_note(session);
    condition_note(conditions, session->notes);
    json_t *const benchmarks = benchmarks_json(session);
    json_t *const judged = pairs_json(session, results->id);
    counters_add(counters, judged);
    json_t *const explained = explain_json(judged, worker_path);
    json_t *const pairs = results_as_written(judged);
    json_decref(judged);
    results_write(results, "samples.csv", samples_csv_write, session);
    results_write_json(results, "environment.json", environment_object);
    results_write_json(results, "benchmarks.json", benchmarks);
    results_write_json(results, "pairs.json", pairs);
    json_t *const latency_object = latency_json(latency, session, results->id);
    if (latency_object) {
        results_write_json(results, "latency.json", latency_object);
    }
    if (json_array_size(explained) > 0) {
        results_write_json(results, "explain.json", explained);
    }
    int status = 0;
    if (interrupt_signal()) {
        status = interrupted();
    } else {
        results_commit(results);
        if (json_file->stream) {
            results_print_json(json_file->stream, pairs);
            output_file_commit(json_file);
        }
        if (options->json_path && strcmp(options->json_path, "-") == 0) {
            results_print_json(stdout, pairs);
        } else {
            struct display display;
            display_init(&display, stdout);
            char *const latest = allocate_text("%s/latest", results->folder);
            json_object_set(pairs, "latency", latency_object); // as `report` attaches it
            table_print(stdout, &display, pairs, latest);
            if (options->explain) {
                explain_print(stdout, &display, explained);
            }
            free(latest);
        }
    }
    json_decref(latency_object);
    json_decref(explained);
    json_decref(pairs);
    json_decref(benchmarks);
    json_decref(environment_object);
    return status;
}

int command_run(int count, char *const *arguments)
{
    struct run_options options = {
        .counters = "auto",
        .results_folder = "results",
        .cpu = -1,
        .budget_seconds = 120,
        .band = 0.01,
        .timeout_seconds = 60,
        .seed = clock_seed(),
    };
    parse(&options, count, arguments);
    struct counters counters;
    struct worker_links links;
    worker_links_init(&links);
    interrupt_init();
    struct condition_list conditions;
    const int cpu = settle_cpu(options.cpu, &conditions);
    counters_init(&counters, options.counters, options.cache_model, links.paths[0], cpu);
    struct catalog catalog;
    worker_list(links.paths[0], &catalog);
    struct pair_list list;
    char error[PAIR_ERROR_BYTES];
    const struct pair_choice choice = {.placements = options.placements,
                                       .strategies = options.strategies,
                                       .filter = options.filter};
    if (!pair_list_init(&list, &catalog, &choice, error)) {
        die("%s", error);
    }

    // All that will be written is opened before anything is measured.
    struct results results;
    struct output_file json_file = {0};
    char host[ENVIRONMENT_HOST_BYTES];
    environment_host(host);
    results_init(&results, options.results_folder, time(NULL), host, ESCAPEMENT_COMMIT);
    if (options.json_path && strcmp(options.json_path, "-") != 0) {
        output_file_init(&json_file, options.json_path);
    }

    struct environment environment;
    environment_init(&environment, cpu);
    struct latency latency;
    latency_init(&latency,
                 options.latency      ? LATENCY_ALL
                 : options.no_latency ? LATENCY_NONE
                                      : LATENCY_DEFAULT,
                 &list, options.budget_seconds);
    const struct session_settings settings = {
        .links = &links,
        .launches = options.launches ? (size_t)options.launches : LAUNCHES_DEFAULT,
        .launches_fixed = options.launches != 0,
        .budget_seconds = options.budget_seconds,
        .reserved_seconds = latency.reserved_seconds,
        .band_floor = options.band,
        .timeout_seconds = options.timeout_seconds,
        .counters = counters.worker_kind,
        .cpu = cpu,
        .seed = options.seed,
        .quiet = options.quiet,
    };
    struct session session;
    int status = session_init(&session, &settings, &catalog, &list);
    for (size_t i = 0; status == 0 && i < list.absent_count; i++) {
        session_note(&session, "placement %s is absent: %s was not installed at build time",
                     list.absent[i]->placement, list.absent[i]->package);
    }
    note_compilers(&session, &catalog, &list);
    if (status == 0) {
        status = latency_measure(&latency, &session);
    }
    if (status == 0) {
        status = counters_simulate(&counters, &list, links.paths[0], options.quiet);
    }
    if (interrupt_signal()) {
        status = interrupted();
    } else if (status == 0) {
        status = publish(&options, &session, &latency, &environment, &conditions, &counters,
                         links.paths[0], &results, &json_file);
    }
    session_release(&session);
    latency_release(&latency);
    counters_release(&counters);
    results_release(&results);
    pair_list_release(&list);
    catalog_release(&catalog);
    worker_links_release(&links);
    return status;
}
