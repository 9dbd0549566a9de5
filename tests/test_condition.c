#include "harness/condition.h"

#include "tests/test.h"

#include <string.h>

static void add(struct condition_list *list, enum condition_status status, int count)
{
    for (int i = 0; i < count; i++) {
        condition_add(list, CONDITION_KERNEL, "name", status, "advice", "value %d", i);
    }
}

static char grade_of(int bad_count, int warn_count, int unknown_count)
{
    struct condition_list list = {0};
    add(&list, CONDITION_OK, 3);
    add(&list, CONDITION_BAD, bad_count);
    add(&list, CONDITION_WARN, warn_count);
    add(&list, CONDITION_UNKNOWN, unknown_count);
    return condition_grade(&list);
}

// Both sides of every edge that docs/method.md states, in points 6 b + 2 w + u.
TEST(condition_grades_have_the_documented_edges)
{
    CHECK_EQUAL(grade_of(0, 0, 0), 'A');
    CHECK_EQUAL(grade_of(0, 2, 0), 'A');
    CHECK_EQUAL(grade_of(0, 2, 1), 'B');
    CHECK_EQUAL(grade_of(1, 0, 0), 'B');
    CHECK_EQUAL(grade_of(1, 2, 0), 'B');
    CHECK_EQUAL(grade_of(1, 2, 1), 'C');
    CHECK_EQUAL(grade_of(2, 2, 0), 'C');
    CHECK_EQUAL(grade_of(2, 2, 1), 'D');
    CHECK_EQUAL(grade_of(4, 0, 0), 'D');
    CHECK_EQUAL(grade_of(4, 0, 1), 'E');
    CHECK_EQUAL(grade_of(5, 2, 0), 'E');
    CHECK_EQUAL(grade_of(5, 2, 1), 'F');
}

static bool is_note(const json_t *notes, size_t index, const char *text)
{
    const char *const note = json_string_value(json_array_get(notes, index));
    return note && strcmp(note, text) == 0;
}

TEST(condition_notes_are_the_worst_three_and_stand_first)
{
    struct condition_list list = {0};
    condition_add(&list, CONDITION_TOOLS, "tool", CONDITION_BAD, "", "missing");
    condition_add(&list, CONDITION_KERNEL, "swap", CONDITION_WARN, "", "in use");
    condition_add(&list, CONDITION_PROCESSOR, "power", CONDITION_UNKNOWN, "", "not shown");
    condition_add(&list, CONDITION_TIMING, "clock", CONDITION_BAD, "", "%0100d", 1);
    condition_add(&list, CONDITION_ACTIVITY, "load", CONDITION_WARN, "", "high");
    condition_add(&list, CONDITION_TIMING, "fault", CONDITION_WARN, "", "dear");
    json_t *const notes = json_array();
    json_array_append_new(notes, json_string("of the run"));
    condition_note(&list, notes);
    CHECK_EQUAL(json_array_size(notes), 4);
    CHECK_EQUAL(strlen(json_string_value(json_array_get(notes, 0))), 74);
    CHECK(is_note(notes, 1, "doctor: load: high"));
    CHECK(is_note(notes, 2, "doctor: swap: in use"));
    CHECK(is_note(notes, 3, "of the run"));
    json_decref(notes);
}

TEST(condition_drops_advice_that_is_not_needed)
{
    struct condition_list list = {0};
    add(&list, CONDITION_OK, 1);
    add(&list, CONDITION_UNKNOWN, 1);
    CHECK_EQUAL(strlen(list.conditions[0].advice), 0);
    CHECK(strcmp(list.conditions[1].advice, "advice") == 0);
    CHECK_EQUAL(condition_count(&list, CONDITION_UNKNOWN), 1);
}
