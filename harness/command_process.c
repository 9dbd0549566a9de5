#include "harness/command_process.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/chart_process.h"
#include "harness/display.h"
#include "harness/options.h"
#include "harness/output_file.h"
#include "harness/process_json.h"
#include "harness/process_table.h"
#include "harness/results.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUND_COUNT_MAX = 1000, CPU_MAX = 4095 };
static const double duration_seconds_max = 30 * 86400.0;

static void merge(const struct process_plan *plan, const char *folder)
{
    json_t *const document = process_json(plan);
    char *const path = allocate_text("%s/process.json", folder);
    struct output_file file;
    output_file_init(&file, path);
    results_print_json(file.stream, document);
    output_file_commit(&file);
    free(path);
    json_decref(document);
}

int command_process(int count, char *const *arguments)
{
    struct process_plan plan = {.round_count = 1, .hyperfine = "unknown"};
    bool as_json = false, as_chart_data = false;
    const char *folder = "results/latest";
    const struct options_row rows[] = {
        {.name = "json", .kind = OPTIONS_FLAG, .target = &as_json, .help = "print process.json"},
        {.name = "chart-data",
         .kind = OPTIONS_FLAG,
         .target = &as_chart_data,
         .help = "print the data of the chart"},
        {.name = "merge",
         .kind = OPTIONS_TEXT,
         .placeholder = "ROUNDS",
         .target = (void *)&plan.raw_folder,
         .help = "first write it from this folder of rounds"},
        {.name = "programs",
         .kind = OPTIONS_TEXT,
         .placeholder = "NAMES",
         .target = (void *)&plan.programs,
         .help = "with --merge: which, separated by commas"},
        {.name = "rounds",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &plan.round_count,
         .min = 1,
         .max = ROUND_COUNT_MAX,
         .help = "with --merge: how many"},
        {.name = "cpu",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &plan.cpu,
         .min = 0,
         .max = CPU_MAX,
         .help = "with --merge: the core they ran on"},
        {.name = "seed",
         .kind = OPTIONS_SEED,
         .placeholder = "N",
         .target = &plan.seed,
         .help = "with --merge: of the order"},
        {.name = "duration",
         .kind = OPTIONS_SECONDS,
         .placeholder = "TIME",
         .target = &plan.duration_seconds,
         .min = 0,
         .max = duration_seconds_max,
         .help = "with --merge: that it all took"},
        {.name = "hyperfine",
         .kind = OPTIONS_TEXT,
         .placeholder = "VERSION",
         .target = (void *)&plan.hyperfine,
         .help = "with --merge: that measured"},
    };
    const struct options_table table = {
        .command = "process",
        .summary = "Prints the timings of whole programs in DIR/process.json (default\n"
                   "results/latest). scripts/bench_process.sh measures them and calls --merge.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
        .positional = "DIR",
        .positional_text = &folder,
    };
    options_parse_or_exit(&table, count, arguments);
    if (as_json && as_chart_data) {
        die("options '--json' and '--chart-data' exclude each other");
    }
    if (!plan.raw_folder != !plan.programs) {
        die("options '--merge' and '--programs' need each other");
    }
    if (plan.raw_folder) {
        merge(&plan, folder);
    }
    json_t *const document = process_json_read(folder);
    if (as_json) {
        results_print_json(stdout, document);
    } else if (as_chart_data) {
        chart_process_write(stdout, document);
    } else {
        struct display display;
        display_init(&display, stdout);
        process_table_print(stdout, &display, document);
    }
    json_decref(document);
    return 0;
}
