#include "harness/pair.h"

#include "base/assert.h"
#include "harness/allocate.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pair_is_control(const struct pair *pair)
{
    return strcmp(pair->a, pair->b) == 0;
}

void pair_parameter_text(const char *unit, int64_t value, char text[PAIR_PARAMETER_BYTES])
{
    enum { KIB = 1024, MIB = 1024 * KIB };
    if (unit[0] == '\0') {
        text[0] = '\0';
    } else if (strcmp(unit, "depth") == 0) {
        snprintf(text, PAIR_PARAMETER_BYTES, "depth %" PRId64, value);
    } else if (strcmp(unit, "B") != 0) {
        snprintf(text, PAIR_PARAMETER_BYTES, "%" PRId64 " %s", value, unit);
    } else if (value >= MIB && value % MIB == 0) {
        snprintf(text, PAIR_PARAMETER_BYTES, "%" PRId64 " MiB", value / MIB);
    } else if (value >= KIB && value % KIB == 0) {
        snprintf(text, PAIR_PARAMETER_BYTES, "%" PRId64 " KiB", value / KIB);
    } else {
        snprintf(text, PAIR_PARAMETER_BYTES, "%" PRId64 " B", value);
    }
}

// The next "A:B" of a list separated by commas: writes both names, moves *text behind it.
static bool next_placements(const char **text, const struct catalog *catalog,
                            char a[PAIR_PLACEMENT_BYTES], char b[PAIR_PLACEMENT_BYTES],
                            char error[PAIR_ERROR_BYTES])
{
    const char *const item = *text;
    const size_t length = strcspn(item, ",");
    const char *const colon = memchr(item, ':', length);
    if (!colon) {
        snprintf(error, PAIR_ERROR_BYTES,
                 "option '--placements': expected A:B such as stack:gc, got '%.*s'", (int)length,
                 item);
        return false;
    }
    const size_t a_length = (size_t)(colon - item), b_length = length - a_length - 1;
    const char *const parts[] = {item, colon + 1};
    const size_t lengths[] = {a_length, b_length};
    for (size_t i = 0; i < 2; i++) {
        if (lengths[i] >= PAIR_PLACEMENT_BYTES ||
            !catalog_has_placement(catalog, parts[i], lengths[i])) {
            int used = snprintf(error, PAIR_ERROR_BYTES,
                                "option '--placements': there is no placement '%.*s'; there are",
                                (int)lengths[i], parts[i]);
            for (size_t p = 0; p < catalog->placement_count && used < PAIR_ERROR_BYTES; p++) {
                used += snprintf(error + used, (size_t)(PAIR_ERROR_BYTES - used), " %s",
                                 catalog->placements[p]);
            }
            return false;
        }
    }
    if (a_length == b_length && strncmp(item, colon + 1, a_length) == 0) {
        snprintf(error, PAIR_ERROR_BYTES,
                 "option '--placements': '%.*s' has the same placement twice; "
                 "A/A controls are measured in every run",
                 (int)length, item);
        return false;
    }
    snprintf(a, PAIR_PLACEMENT_BYTES, "%.*s", (int)a_length, item);
    snprintf(b, PAIR_PLACEMENT_BYTES, "%.*s", (int)b_length, colon + 1);
    *text = item + length + (item[length] == ',');
    return true;
}

static void list_append(struct pair_list *list, const struct pair *pair)
{
    list->pairs = allocate_resized(list->pairs, (list->count + 1) * sizeof *list->pairs);
    list->pairs[list->count++] = *pair;
}

static bool list_contains(const struct pair_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->pairs[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// Appends the workload's pairs in these placements that match (and are not in the list yet).
static void append_workload(struct pair_list *list, const struct catalog_workload *workload,
                            const char *a, const char *b, const regex_t *filter)
{
    const size_t value_count = workload->parameter_count ? workload->parameter_count : 1;
    for (size_t i = 0; i < value_count; i++) {
        struct pair pair = {.workload = workload, .has_parameter = workload->parameter_count > 0};
        snprintf(pair.a, sizeof pair.a, "%s", a);
        snprintf(pair.b, sizeof pair.b, "%s", b);
        if (pair.has_parameter) {
            pair.parameter = workload->parameters[i];
            snprintf(pair.name, sizeof pair.name, "%s/%" PRId64 "/%s:%s", workload->name,
                     pair.parameter, a, b);
        } else {
            snprintf(pair.name, sizeof pair.name, "%s/%s:%s", workload->name, a, b);
        }
        const bool wanted = !filter || regexec(filter, pair.name, 0, NULL, 0) == 0;
        if (wanted && !list_contains(list, pair.name)) {
            list_append(list, &pair);
        }
    }
}

static bool list_uses(const struct pair_list *list, size_t pair_count, const char *placement)
{
    for (size_t i = 0; i < pair_count; i++) {
        if (strcmp(list->pairs[i].a, placement) == 0 || strcmp(list->pairs[i].b, placement) == 0) {
            return true;
        }
    }
    return false;
}

// Splits a control's name and appends it when its placement is used.
static bool append_control(struct pair_list *list, size_t pair_count, const struct catalog *catalog,
                           const char *name, char error[PAIR_ERROR_BYTES])
{
    struct pair pair = {0};
    const char *const slash = strchr(name, '/'), *const last = strrchr(name, '/');
    const char *const colon = last ? strchr(last, ':') : NULL;
    pair.workload = slash ? catalog_find(catalog, name, (size_t)(slash - name)) : NULL;
    if (!pair.workload || !colon || strlen(name) >= sizeof pair.name ||
        strlen(last) >= sizeof pair.a || (size_t)(colon - last - 1) != strlen(colon + 1) ||
        memcmp(last + 1, colon + 1, (size_t)(colon - last - 1)) != 0) {
        snprintf(error, PAIR_ERROR_BYTES,
                 "the worker's list has the control '%s', "
                 "which is not WORKLOAD/PARAMETER/A:A",
                 name);
        return false;
    }
    snprintf(pair.name, sizeof pair.name, "%s", name);
    snprintf(pair.a, sizeof pair.a, "%s", colon + 1);
    snprintf(pair.b, sizeof pair.b, "%s", colon + 1);
    pair.has_parameter = slash != last;
    pair.parameter = pair.has_parameter ? strtoll(slash + 1, NULL, 10) : 0;
    if (list_uses(list, pair_count, pair.a)) {
        list_append(list, &pair);
        list->control_count++;
    }
    return true;
}

bool pair_list_init(struct pair_list *list, const struct catalog *catalog, const char *placements,
                    const char *filter, char error[PAIR_ERROR_BYTES])
{
    *list = (struct pair_list){0};
    regex_t regex;
    if (filter) {
        const int wrong = regcomp(&regex, filter, REG_EXTENDED | REG_NOSUB);
        if (wrong) {
            char why[128];
            regerror(wrong, &regex, why, sizeof why);
            snprintf(error, PAIR_ERROR_BYTES,
                     "option '--filter': '%.80s' is not a POSIX extended regular expression: %.80s",
                     filter, why);
            return false;
        }
    }
    bool good = true;
    const char *rest = placements;
    do {
        char a[PAIR_PLACEMENT_BYTES], b[PAIR_PLACEMENT_BYTES];
        good = next_placements(&rest, catalog, a, b, error);
        for (size_t i = 0; good && i < catalog->workload_count; i++) {
            append_workload(list, &catalog->workloads[i], a, b, filter ? &regex : NULL);
        }
    } while (good && *rest);
    if (filter) {
        regfree(&regex);
    }
    if (good && list->count == 0) {
        snprintf(
            error, PAIR_ERROR_BYTES,
            "option '--filter': '%.80s' matches no pair in %.80s; 'escapement list' shows them",
            filter ? filter : "", placements);
        good = false;
    }
    const size_t pair_count = list->count;
    for (size_t i = 0; good && i < catalog->control_count; i++) {
        good = append_control(list, pair_count, catalog, catalog->controls[i], error);
    }
    if (!good) {
        pair_list_release(list);
    }
    return good;
}

void pair_list_release(struct pair_list *list)
{
    free(list->pairs);
    *list = (struct pair_list){0};
}
