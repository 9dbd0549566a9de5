#include "harness/condition.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>

enum { POINTS_BAD = 6, POINTS_WARN = 2, POINTS_UNKNOWN = 1, NOTE_COLUMNS = 74 };

void condition_add(struct condition_list *list, enum condition_group group, const char *name,
                   enum condition_status status, const char *advice, const char *format, ...)
{
    ASSERT(list->count < CONDITION_COUNT_MAX);
    ASSERT(group < CONDITION_GROUP_COUNT);
    struct condition *const condition = &list->conditions[list->count++];
    *condition = (struct condition){
        .group = group,
        .name = name,
        .status = status,
        .advice = status == CONDITION_OK ? "" : advice,
    };
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(condition->value, sizeof condition->value, format, arguments);
    va_end(arguments);
}

const char *condition_status_text(enum condition_status status)
{
    static const char *const texts[] = {
        [CONDITION_OK] = "ok",
        [CONDITION_WARN] = "warn",
        [CONDITION_BAD] = "bad",
        [CONDITION_UNKNOWN] = "unknown",
    };
    return texts[status];
}

size_t condition_count(const struct condition_list *list, enum condition_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += list->conditions[i].status == status;
    }
    return count;
}

char condition_grade(const struct condition_list *list)
{
    static const size_t most_points[] = {4, 10, 16, 24, 34};
    const size_t points = POINTS_BAD * condition_count(list, CONDITION_BAD) +
                          POINTS_WARN * condition_count(list, CONDITION_WARN) +
                          POINTS_UNKNOWN * condition_count(list, CONDITION_UNKNOWN);
    size_t grade = 0;
    while (grade < sizeof most_points / sizeof most_points[0] && points > most_points[grade]) {
        grade++;
    }
    return "ABCDEF"[grade];
}

json_t *condition_json(const struct condition_list *list)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct condition *const condition = &list->conditions[i];
        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s}", "name", condition->name,
                                               "value", condition->value, "status",
                                               condition_status_text(condition->status), "advice",
                                               condition->advice));
    }
    return array;
}

void condition_note(const struct condition_list *list, json_t *notes)
{
    static const enum condition_status order[] = {CONDITION_BAD, CONDITION_WARN};
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        for (enum condition_group group = 0; group < CONDITION_TOOLS; group++) {
            for (size_t at = 0; at < list->count && count < CONDITION_NOTE_COUNT_MAX; at++) {
                const struct condition *const condition = &list->conditions[at];
                if (condition->status == order[i] && condition->group == group) {
                    char text[2 * CONDITION_VALUE_BYTES];
                    snprintf(text, sizeof text, "doctor: %s: %s", condition->name,
                             condition->value);
                    text[NOTE_COLUMNS] = '\0';
                    json_array_insert_new(notes, count++, json_string(text));
                }
            }
        }
    }
}
