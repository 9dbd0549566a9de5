#include "harness/catalog.h"

#include "base/allocate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool workload_init(struct catalog_workload *workload, json_t *json,
                          char error[CATALOG_ERROR_BYTES])
{
    json_t *parameters = NULL, *placements = NULL, *strategies = NULL;
    const char *default_pairs = "placements";
    json_int_t default_parameter = 0;
    json_error_t why;
    if (json_unpack_ex(json, &why, 0, "{s:s, s:s, s:s, s:s, s:o, s?o, s?o, s?s, s?I}", "name",
                       &workload->name, "question", &workload->question, "operation",
                       &workload->operation, "unit", &workload->unit, "parameters", &parameters,
                       "placements", &placements, "strategies", &strategies, "default_pairs",
                       &default_pairs, "default_parameter", &default_parameter) != 0) {
        snprintf(error, CATALOG_ERROR_BYTES, "a workload: %s", why.text);
        return false;
    }
    const size_t count = json_array_size(parameters);
    workload->parameters = allocate_zeroed(count, sizeof *workload->parameters);
    for (size_t i = 0; i < count; i++) {
        const json_t *const value = json_array_get(parameters, i);
        if (!json_is_integer(value)) {
            snprintf(error, CATALOG_ERROR_BYTES, "workload '%s': a parameter is not an integer",
                     workload->name);
            return false;
        }
        workload->parameters[i] = json_integer_value(value);
    }
    workload->parameter_count = count;
    workload->placements = placements;
    workload->has_strategies = json_array_size(strategies) > 0;
    workload->default_strategies = strcmp(default_pairs, "all") == 0;
    workload->default_placements = strcmp(default_pairs, "none") != 0;
    workload->default_parameter = default_parameter;
    return true;
}

// The strings of an array, or NULL with a message.
static const char **read_strings(const json_t *root, const char *key, size_t *count,
                                 char error[CATALOG_ERROR_BYTES])
{
    const json_t *const array = json_object_get(root, key);
    const char **const strings =
        (const char **)allocate_zeroed(json_array_size(array), sizeof *strings);
    *count = json_array_size(array);
    for (size_t i = 0; i < *count; i++) {
        strings[i] = json_string_value(json_array_get(array, i));
        if (!strings[i]) {
            snprintf(error, CATALOG_ERROR_BYTES, "'%s' holds something that is not a text", key);
            free((void *)strings);
            *count = 0;
            return NULL;
        }
    }
    return strings;
}

// A worker that says nothing of absent placements has none.
static bool read_absent(struct catalog *catalog, char error[CATALOG_ERROR_BYTES])
{
    const json_t *const array = json_object_get(catalog->root, "absent");
    catalog->absent_count = json_array_size(array);
    catalog->absent = allocate_zeroed(catalog->absent_count, sizeof *catalog->absent);
    for (size_t i = 0; i < catalog->absent_count; i++) {
        json_error_t why;
        if (json_unpack_ex(json_array_get(array, i), &why, 0, "{s:s, s:s}", "placement",
                           &catalog->absent[i].placement, "package",
                           &catalog->absent[i].package) != 0) {
            snprintf(error, CATALOG_ERROR_BYTES, "an absent placement: %s", why.text);
            return false;
        }
    }
    return true;
}

static bool read_lists(struct catalog *catalog, char error[CATALOG_ERROR_BYTES])
{
    catalog->placements =
        read_strings(catalog->root, "placements", &catalog->placement_count, error);
    catalog->controls = read_strings(catalog->root, "controls", &catalog->control_count, error);
    catalog->strategies =
        read_strings(catalog->root, "strategies", &catalog->strategy_count, error);
    catalog->matched = read_strings(catalog->root, "matched", &catalog->matched_count, error);
    if (!catalog->placements || !catalog->controls || !catalog->strategies || !catalog->matched ||
        !read_absent(catalog, error)) {
        return false;
    }
    const json_t *const offsets = json_object_get(catalog->root, "offsets");
    catalog->offset_count = json_array_size(offsets);
    catalog->offsets = allocate_zeroed(catalog->offset_count, sizeof *catalog->offsets);
    for (size_t i = 0; i < catalog->offset_count; i++) {
        catalog->offsets[i] = (int)json_integer_value(json_array_get(offsets, i));
    }
    if (catalog->offset_count == 0) {
        snprintf(error, CATALOG_ERROR_BYTES, "'offsets' is missing or empty");
    }
    return catalog->offset_count > 0;
}

bool catalog_init(struct catalog *catalog, const char *text, char error[CATALOG_ERROR_BYTES])
{
    *catalog = (struct catalog){0};
    json_error_t why;
    catalog->root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (!catalog->root) {
        snprintf(error, CATALOG_ERROR_BYTES, "line %d: %s", why.line, why.text);
        return false;
    }
    const json_t *const workloads = json_object_get(catalog->root, "workloads");
    const size_t count = json_array_size(workloads);
    catalog->workloads = allocate_zeroed(count, sizeof *catalog->workloads);
    catalog->workload_count = count;
    bool good = count > 0;
    if (!good) {
        snprintf(error, CATALOG_ERROR_BYTES, "'workloads' is missing or empty");
    }
    for (size_t i = 0; i < count && good; i++) {
        good = workload_init(&catalog->workloads[i], json_array_get(workloads, i), error);
    }
    if (!good || !read_lists(catalog, error)) {
        catalog_release(catalog);
        return false;
    }
    return true;
}

void catalog_release(struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->workload_count; i++) {
        free(catalog->workloads[i].parameters);
    }
    free(catalog->workloads);
    free((void *)catalog->placements);
    free((void *)catalog->strategies);
    free((void *)catalog->matched);
    free(catalog->absent);
    free(catalog->offsets);
    free((void *)catalog->controls);
    json_decref(catalog->root);
    *catalog = (struct catalog){0};
}

const struct catalog_workload *catalog_find(const struct catalog *catalog, const char *name,
                                            size_t name_length)
{
    for (size_t i = 0; i < catalog->workload_count; i++) {
        const struct catalog_workload *const workload = &catalog->workloads[i];
        if (strlen(workload->name) == name_length &&
            strncmp(workload->name, name, name_length) == 0) {
            return workload;
        }
    }
    return NULL;
}

static bool contains(const char **names, size_t count, const char *name, size_t name_length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == name_length && strncmp(names[i], name, name_length) == 0) {
            return true;
        }
    }
    return false;
}

const struct catalog_absent *catalog_find_absent(const struct catalog *catalog, const char *name,
                                                 size_t name_length)
{
    for (size_t i = 0; i < catalog->absent_count; i++) {
        const struct catalog_absent *const absent = &catalog->absent[i];
        if (strlen(absent->placement) == name_length &&
            strncmp(absent->placement, name, name_length) == 0) {
            return absent;
        }
    }
    return NULL;
}

bool catalog_has_placement(const struct catalog *catalog, const char *name, size_t name_length)
{
    return contains(catalog->placements, catalog->placement_count, name, name_length);
}

bool catalog_is_matched(const struct catalog *catalog, const char *name)
{
    return contains(catalog->matched, catalog->matched_count, name, strlen(name));
}

bool catalog_has_strategy(const struct catalog *catalog, const char *name, size_t name_length)
{
    return contains(catalog->strategies, catalog->strategy_count, name, name_length);
}

bool catalog_workload_has(const struct catalog_workload *workload, const char *placement)
{
    for (size_t i = 0; i < json_array_size(workload->placements); i++) {
        if (strcmp(json_string_value(json_array_get(workload->placements, i)), placement) == 0) {
            return true;
        }
    }
    return workload->placements == NULL;
}
