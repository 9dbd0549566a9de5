#include "harness/pair.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pair_is_control(const struct pair *pair)
{
    return strcmp(pair->a, pair->b) == 0;
}

bool pair_has_auto(const struct pair *pair)
{
    return strcmp(pair->a, "auto") == 0 || strcmp(pair->b, "auto") == 0;
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

// Two kinds of sides, and the option that chooses among them.
struct kind {
    const char *option, *word, *example;
    const char **names;
    size_t name_count;
    bool (*has)(const struct catalog *catalog, const char *name, size_t name_length);
    bool by_strategy;
};

static struct kind kind_of(const struct catalog *catalog, bool by_strategy)
{
    return by_strategy ? (struct kind){"--strategies",
                                       "strategy",
                                       "contiguous:segmented",
                                       catalog->strategies,
                                       catalog->strategy_count,
                                       catalog_has_strategy,
                                       true}
                       : (struct kind){"--placements",
                                       "placement",
                                       "stack:gc",
                                       catalog->placements,
                                       catalog->placement_count,
                                       catalog_has_placement,
                                       false};
}

static void list_append_absent(struct pair_list *list, const struct catalog_absent *absent)
{
    for (size_t i = 0; i < list->absent_count; i++) {
        if (list->absent[i] == absent) {
            return;
        }
    }
    if (list->absent_count < PAIR_ABSENT_COUNT_MAX) {
        list->absent[list->absent_count++] = absent;
    }
}

// The next "A:B" of a list separated by commas: writes both names, moves *text behind it. Where one
// is absent, notes that in the list and leaves a[0] zero.
static bool next_sides(const char **text, const struct catalog *catalog, const struct kind *kind,
                       struct pair_list *list, char a[PAIR_PLACEMENT_BYTES],
                       char b[PAIR_PLACEMENT_BYTES], char error[PAIR_ERROR_BYTES])
{
    const char *const item = *text;
    const size_t length = strcspn(item, ",");
    const char *const colon = memchr(item, ':', length);
    if (!colon) {
        snprintf(error, PAIR_ERROR_BYTES, "option '%s': expected A:B such as %s, got '%.*s'",
                 kind->option, kind->example, (int)length, item);
        return false;
    }
    const size_t a_length = (size_t)(colon - item), b_length = length - a_length - 1;
    const char *const parts[] = {item, colon + 1};
    const size_t lengths[] = {a_length, b_length};
    bool are_present = true;
    for (size_t i = 0; i < 2; i++) {
        const struct catalog_absent *const absent =
            catalog_find_absent(catalog, parts[i], lengths[i]);
        if (absent) {
            list_append_absent(list, absent);
            are_present = false;
        } else if (lengths[i] >= PAIR_PLACEMENT_BYTES ||
                   !kind->has(catalog, parts[i], lengths[i])) {
            int used =
                snprintf(error, PAIR_ERROR_BYTES, "option '%s': there is no %s '%.*s'; there are",
                         kind->option, kind->word, (int)lengths[i], parts[i]);
            for (size_t p = 0; p < kind->name_count && used < PAIR_ERROR_BYTES; p++) {
                used += snprintf(error + used, (size_t)(PAIR_ERROR_BYTES - used), " %s",
                                 kind->names[p]);
            }
            return false;
        }
    }
    if (a_length == b_length && strncmp(item, colon + 1, a_length) == 0) {
        snprintf(error, PAIR_ERROR_BYTES,
                 "option '%s': '%.*s' has the same %s twice; "
                 "A/A controls are measured in every run",
                 kind->option, (int)length, item, kind->word);
        return false;
    }
    snprintf(a, PAIR_PLACEMENT_BYTES, "%.*s", are_present ? (int)a_length : 0, item);
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

// Two sides, and what is wanted of the pairs that have them.
struct wanted {
    char a[PAIR_PLACEMENT_BYTES], b[PAIR_PLACEMENT_BYTES];
    bool by_strategy;
    bool default_only;
    bool one_parameter; // a workload
    const regex_t *filter;
};

static bool can_have(const struct catalog_workload *workload, const struct wanted *wanted)
{
    return wanted->by_strategy ? workload->has_strategies
                               : catalog_workload_has(workload, wanted->a) &&
                                     catalog_workload_has(workload, wanted->b);
}

static bool is_in_default(const struct catalog_workload *workload, const struct wanted *wanted,
                          int64_t parameter)
{
    return (wanted->by_strategy ? workload->default_strategies : workload->default_placements) &&
           (workload->default_parameter == 0 || parameter == workload->default_parameter);
}

// The parameter that stands for all of a workload's.
static bool is_representative(const struct catalog_workload *workload, int64_t parameter)
{
    const size_t count = workload->parameter_count;
    const int64_t middle = count > 0 ? workload->parameters[(count - 1) / 2] : 0;
    return parameter == (workload->default_parameter ? workload->default_parameter : middle);
}

// Appends the workload's pairs with these sides that match (and are not in the list yet).
static void append_workload(struct pair_list *list, const struct catalog_workload *workload,
                            const struct wanted *wanted)
{
    const size_t value_count = workload->parameter_count ? workload->parameter_count : 1;
    for (size_t i = 0; i < value_count && can_have(workload, wanted); i++) {
        struct pair pair = {.workload = workload,
                            .has_parameter = workload->parameter_count > 0,
                            .by_strategy = wanted->by_strategy};
        snprintf(pair.a, sizeof pair.a, "%s", wanted->a);
        snprintf(pair.b, sizeof pair.b, "%s", wanted->b);
        if (pair.has_parameter) {
            pair.parameter = workload->parameters[i];
            snprintf(pair.name, sizeof pair.name, "%s/%" PRId64 "/%s:%s", workload->name,
                     pair.parameter, pair.a, pair.b);
        } else {
            snprintf(pair.name, sizeof pair.name, "%s/%s:%s", workload->name, pair.a, pair.b);
        }
        const bool matches = !wanted->filter || regexec(wanted->filter, pair.name, 0, NULL, 0) == 0;
        if (matches && !list_contains(list, pair.name) &&
            (!wanted->one_parameter || is_representative(workload, pair.parameter)) &&
            (!wanted->default_only || is_in_default(workload, wanted, pair.parameter))) {
            list_append(list, &pair);
        }
    }
}

// The pairs of a list of sides; false with a message.
static bool append_sides(struct pair_list *list, const struct catalog *catalog, const char *text,
                         struct wanted *wanted, char error[PAIR_ERROR_BYTES])
{
    const struct kind kind = kind_of(catalog, wanted->by_strategy);
    do {
        if (!next_sides(&text, catalog, &kind, list, wanted->a, wanted->b, error)) {
            return false;
        }
        for (size_t i = 0; wanted->a[0] && i < catalog->workload_count; i++) {
            append_workload(list, &catalog->workloads[i], wanted);
        }
    } while (*text);
    return true;
}

// What the analyser makes of each workload, in a run without a choice: one parameter tells, and a
// small share of the budget is enough.
static bool append_auto(struct pair_list *list, const struct catalog *catalog,
                        const struct wanted *others, char error[PAIR_ERROR_BYTES])
{
    static const char name[] = "auto";
    struct wanted wanted = *others;
    wanted.one_parameter = true;
    const size_t count_before = list->count;
    const bool is_known = catalog_has_placement(catalog, name, strlen(name)) ||
                          catalog_find_absent(catalog, name, strlen(name));
    const bool good = !is_known || append_sides(list, catalog, "stack:auto", &wanted, error);
    list->added_count = list->count - count_before;
    return good;
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
    pair.by_strategy = catalog_has_strategy(catalog, pair.a, strlen(pair.a));
    pair.has_parameter = slash != last;
    pair.parameter = pair.has_parameter ? strtoll(slash + 1, NULL, 10) : 0;
    if (list_uses(list, pair_count, pair.a)) {
        list_append(list, &pair);
        list->control_count++;
    }
    return true;
}

// The first strategy against each of the others; "" when there is one, or none.
static char *default_strategies(const struct catalog *catalog)
{
    char *list = allocate_text("%s", "");
    for (size_t i = 1; i < catalog->strategy_count; i++) {
        char *const longer = allocate_text("%s%s%s:%s", list, i > 1 ? "," : "",
                                           catalog->strategies[0], catalog->strategies[i]);
        free(list);
        list = longer;
    }
    return list;
}

static void say_no_match(const struct pair_choice *choice, char error[PAIR_ERROR_BYTES])
{
    const char *const placements = choice->placements ? choice->placements : "";
    const char *const strategies = choice->strategies ? choice->strategies : "";
    snprintf(error, PAIR_ERROR_BYTES,
             "option '--filter': '%.80s' matches no pair in %.60s%s%.60s; 'escapement list' shows "
             "them",
             choice->filter ? choice->filter : "", placements,
             *placements && *strategies ? " and " : "", strategies);
}

bool pair_list_init(struct pair_list *list, const struct catalog *catalog,
                    const struct pair_choice *choice, char error[PAIR_ERROR_BYTES])
{
    *list = (struct pair_list){0};
    regex_t regex;
    const char *const filter = choice->filter;
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
    const bool chosen = choice->placements || choice->strategies;
    char *const all_strategies = default_strategies(catalog);
    const struct pair_choice full = {
        .placements = chosen ? choice->placements : "stack:gc",
        .strategies = chosen            ? choice->strategies
                      : *all_strategies ? all_strategies
                                        : NULL,
        .filter = filter,
    };
    struct wanted wanted = {.filter = filter ? &regex : NULL, .default_only = !chosen && !filter};
    bool good = !full.placements || append_sides(list, catalog, full.placements, &wanted, error);
    if (good && !chosen) {
        good = append_auto(list, catalog, &wanted, error);
    }
    const size_t placement_pair_count = list->count;
    wanted.by_strategy = true;
    good =
        good && (!full.strategies || append_sides(list, catalog, full.strategies, &wanted, error));
    list->strategy_count = list->count - placement_pair_count;
    if (filter) {
        regfree(&regex);
    }
    if (good && list->count == 0 && list->absent_count > 0 && chosen) {
        snprintf(error, PAIR_ERROR_BYTES,
                 "option '--placements': placement '%s' is absent: Debian's %s was not installed "
                 "when escapement was built",
                 list->absent[0]->placement, list->absent[0]->package);
        good = false;
    } else if (good && list->count == 0) {
        say_no_match(&full, error);
        good = false;
    }
    free(all_strategies);
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
