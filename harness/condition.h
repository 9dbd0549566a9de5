// What a machine's state is in one respect, and what to do about it: the rows of `escapement
// doctor`.
#ifndef HARNESS_CONDITION_H
#define HARNESS_CONDITION_H

#include <jansson.h>
#include <stddef.h>

enum condition_status { CONDITION_OK, CONDITION_WARN, CONDITION_BAD, CONDITION_UNKNOWN };

// In the order of their weight for somebody who is about to measure: notes are taken in it.
enum condition_group {
    CONDITION_ACTIVITY,
    CONDITION_PROCESSOR,
    CONDITION_KERNEL,
    CONDITION_TIMING,
    CONDITION_TOOLS,
    CONDITION_GROUP_COUNT,
};

enum { CONDITION_COUNT_MAX = 48, CONDITION_VALUE_BYTES = 160, CONDITION_NOTE_COUNT_MAX = 3 };

struct condition {
    enum condition_group group;
    const char *name; // static
    char value[CONDITION_VALUE_BYTES];
    enum condition_status status;
    const char *advice; // static; "" when ok
};

// A zeroed list is empty; nothing has to be released.
struct condition_list {
    struct condition conditions[CONDITION_COUNT_MAX];
    size_t count;
};

// Appends a condition; the value is printf's. `advice` is dropped when the status is ok, so that a
// probe can state it once for all its outcomes.
void condition_add(struct condition_list *list, enum condition_group group, const char *name,
                   enum condition_status status, const char *advice, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

// "ok", "warn", "bad", "unknown".
const char *condition_status_text(enum condition_status status);

size_t condition_count(const struct condition_list *list, enum condition_status status);

// 'A' to 'F', from points: a bad condition costs 6, a warning 2, an unknown one 1. A up to 4
// points, B up to 10, C up to 16, D up to 24, E up to 34, F above: docs/method.md says why.
char condition_grade(const struct condition_list *list);

// [{"name", "value", "status", "advice"}, ...]: a new reference.
json_t *condition_json(const struct condition_list *list);

// Puts the most important troubles at the head of an array of notes, one line of at most 74 columns
// each: bad ones before warnings, then by group, at most CONDITION_NOTE_COUNT_MAX; missing tools do
// not disturb a measurement and are left out.
void condition_note(const struct condition_list *list, json_t *notes);

#endif
