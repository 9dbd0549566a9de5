#include "harness/command_report.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/chart_data.h"
#include "harness/display.h"
#include "harness/environment_file.h"
#include "harness/latency_file.h"
#include "harness/options.h"
#include "harness/results.h"
#include "harness/run_file.h"
#include "harness/table.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_report(int count, char *const *arguments)
{
    bool as_json = false;
    const char *chart = NULL, *folder = "results/latest";
    const struct options_row rows[] = {
        {.name = "json",
         .kind = OPTIONS_FLAG,
         .target = &as_json,
         .help = "print the run's pairs.json"},
        {.name = "chart-data",
         .kind = OPTIONS_TEXT,
         .placeholder = "CHART",
         .target = (void *)&chart,
         .help = "print the table that a chart shows (plots/CHART.gp)"},
    };
    const struct options_table table = {
        .command = "report",
        .summary =
            "Prints a finished run again: the table, or with an option its data. DIR is the\n"
            "run's folder (default results/latest).",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
        .positional = "DIR",
        .positional_text = &folder,
    };
    options_parse_or_exit(&table, count, arguments);
    if (as_json && chart) {
        die("options '--json' and '--chart-data' exclude each other");
    }
    json_t *const run = run_file_read(folder);
    if (!as_json) {
        latency_file_attach(run, folder);
    }
    if (chart) {
        environment_file_attach(run, folder);
    }
    if (as_json) {
        results_print_json(stdout, run);
    } else if (chart) {
        const int error = chart_data_write(stdout, chart, run);
        if (error) {
            die("option '--chart-data': cannot make the chart '%s' from '%s': %s", chart, folder,
                strerror(-error));
        }
    } else {
        struct display display;
        display_init(&display, stdout);
        // "results/latest/" and "results/latest" name the same folder in the last line.
        char *const name = allocate_text("%s", folder);
        for (size_t length = strlen(name); length > 1 && name[length - 1] == '/'; length--) {
            name[length - 1] = '\0';
        }
        table_print(stdout, &display, run, name);
        free(name);
    }
    json_decref(run);
    return 0;
}
