#include "harness/command_list.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/catalog.h"
#include "harness/options.h"
#include "harness/pair.h"
#include "harness/results.h"
#include "harness/worker.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The first against each of the others: "stack:gc,stack:malloc". NULL when there are no others.
static char *all_pairs(const char *const *names, size_t count)
{
    if (count < 2) {
        return NULL;
    }
    char *list = allocate_text("%s", "");
    for (size_t i = 1; i < count; i++) {
        char *const longer = allocate_text("%s%s%s:%s", list, i > 1 ? "," : "", names[0], names[i]);
        free(list);
        list = longer;
    }
    return list;
}

// The workloads with the parameters that occur in the list, in the list's order, with the
// placements that each can have.
static json_t *workloads_json(const struct catalog *catalog, const struct pair_list *list)
{
    json_t *const workloads = json_array();
    for (size_t w = 0; w < catalog->workload_count; w++) {
        const struct catalog_workload *const workload = &catalog->workloads[w];
        json_t *const parameters = json_array(), *const placements = json_array(),
                      *const strategies = json_array();
        const char *b = NULL; // of the first listed pair; NULL: none yet
        for (size_t i = 0; i < list->count - list->control_count; i++) {
            const struct pair *const pair = &list->pairs[i];
            // Every parameter comes once a pair of placements: those of the first are enough.
            if (pair->workload != workload || (b && strcmp(pair->b, b) != 0)) {
                continue;
            }
            b = pair->b;
            if (pair->has_parameter) {
                json_array_append_new(parameters, json_integer(pair->parameter));
            }
        }
        for (size_t i = 0; i < catalog->placement_count; i++) {
            if (catalog_workload_has(workload, catalog->placements[i])) {
                json_array_append_new(placements, json_string(catalog->placements[i]));
            }
        }
        for (size_t i = 0; workload->has_strategies && i < catalog->strategy_count; i++) {
            json_array_append_new(strategies, json_string(catalog->strategies[i]));
        }
        json_t *const json =
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "name", workload->name, "question",
                      workload->question, "operation", workload->operation, "unit", workload->unit,
                      "parameters", parameters, "placements", placements, "strategies", strategies);
        if (b) {
            json_array_append(workloads, json);
        }
        json_decref(json);
    }
    return workloads;
}

static json_t *strings_json(const char *const *strings, size_t count)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_string(strings[i]));
    }
    return array;
}

static json_t *list_json(const struct catalog *catalog, const struct pair_list *list)
{
    json_t *const pairs = json_array(), *const offsets = json_array();
    for (size_t i = 0; i < list->count - list->control_count; i++) {
        json_array_append_new(pairs, json_string(list->pairs[i].name));
    }
    for (size_t i = 0; i < catalog->offset_count; i++) {
        json_array_append_new(offsets, json_integer(catalog->offsets[i]));
    }
    json_t *const absent = json_array();
    for (size_t i = 0; i < catalog->absent_count; i++) {
        json_array_append_new(absent,
                              json_pack("{s:s, s:s}", "placement", catalog->absent[i].placement,
                                        "package", catalog->absent[i].package));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "workloads",
                     workloads_json(catalog, list), "absent", absent, "placements",
                     strings_json(catalog->placements, catalog->placement_count), "strategies",
                     strings_json(catalog->strategies, catalog->strategy_count), "offsets", offsets,
                     "controls", strings_json(catalog->controls, catalog->control_count), "pairs",
                     pairs);
}

static void print_names(const char *title, const json_t *names)
{
    printf("%s:", title);
    for (size_t i = 0; i < json_array_size(names); i++) {
        printf(" %s", json_string_value(json_array_get(names, i)));
    }
    putchar('\n');
}

static void print_text(const json_t *listed)
{
    const json_t *const workloads = json_object_get(listed, "workloads");
    for (size_t i = 0; i < json_array_size(workloads); i++) {
        json_t *const workload = json_array_get(workloads, i);
        const char *name = "", *question = "", *operation = "", *unit = "";
        json_t *parameters = NULL;
        json_unpack(workload, "{s:s, s:s, s:s, s:s, s:o}", "name", &name, "question", &question,
                    "operation", &operation, "unit", &unit, "parameters", &parameters);
        printf("%s\n    %s\n    one operation: %s\n", name, question, operation);
        for (size_t p = 0; p < json_array_size(parameters); p++) {
            char text[PAIR_PARAMETER_BYTES];
            pair_parameter_text(unit, json_integer_value(json_array_get(parameters, p)), text);
            printf("%s%s", p == 0 ? "    " : ", ", text);
        }
        fputs(json_array_size(parameters) ? "\n\n" : "\n", stdout);
    }
    print_names("placements", json_object_get(listed, "placements"));
    const json_t *const absent = json_object_get(listed, "absent");
    for (size_t i = 0; i < json_array_size(absent); i++) {
        const json_t *const one = json_array_get(absent, i);
        printf("absent: %s (Debian's %s was not installed when this was built)\n",
               json_string_value(json_object_get(one, "placement")),
               json_string_value(json_object_get(one, "package")));
    }
    print_names("strategies for stacks", json_object_get(listed, "strategies"));
    printf("a pair is named WORKLOAD/PARAMETER/A:B, such as %s\n",
           json_string_value(json_array_get(json_object_get(listed, "pairs"), 0)));
}

int command_list(int count, char *const *arguments)
{
    bool as_json = false;
    const char *filter = NULL;
    const struct options_row rows[] = {
        {.name = "json", .kind = OPTIONS_FLAG, .target = &as_json, .help = "print JSON"},
        {.name = "filter",
         .kind = OPTIONS_TEXT,
         .placeholder = "REGEX",
         .target = (void *)&filter,
         .help = "only pairs whose name matches"},
    };
    const struct options_table table = {
        .command = "list",
        .summary = "Lists the workloads with their parameters, the placements, and the strategies "
                   "for\nstacks.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    options_parse_or_exit(&table, count, arguments);
    struct worker_links links;
    worker_links_init(&links);
    struct catalog catalog;
    worker_list(links.paths[0], &catalog);
    char *const placements = all_pairs(catalog.placements, catalog.placement_count);
    char *const strategies = all_pairs(catalog.strategies, catalog.strategy_count);
    if (!placements) {
        die("the worker lists fewer than two placements: there is nothing to compare");
    }
    const struct pair_choice choice = {
        .placements = placements, .strategies = strategies, .filter = filter};
    struct pair_list list;
    char error[PAIR_ERROR_BYTES];
    if (!pair_list_init(&list, &catalog, &choice, error)) {
        die("%s", error);
    }
    json_t *const listed = list_json(&catalog, &list);
    if (as_json) {
        results_print_json(stdout, listed);
    } else {
        print_text(listed);
    }
    json_decref(listed);
    pair_list_release(&list);
    free(placements);
    free(strategies);
    catalog_release(&catalog);
    worker_links_release(&links);
    return 0;
}
