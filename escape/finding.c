// Names and words of findings.
#include "escape/finding.h"

#include "base/assert.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[FINDING_KIND_COUNT] = {
    [FINDING_MOVED] = "moved_to_heap",
    [FINDING_ESCAPES] = "escapes_to_heap",
    [FINDING_STAYS] = "does_not_escape",
    [FINDING_LEAK] = "leaking_param",
    [FINDING_LEAK_CONTENT] = "leaking_param_content",
    [FINDING_LEAK_RESULT] = "leaking_param_to_result",
    [FINDING_LEAK_BEHIND] = "leaking_param_to_content",
    [FINDING_PARAMETER_STAYS] = "param_does_not_escape",
};

static const struct {
    const char *name, *words;
} reasons[FINDING_REASON_COUNT] = {
    [FINDING_REASON_NONE] = {"none", "does not outlive its function"},
    [FINDING_REASON_RETURNED] = {"returned", "reaches what the function returns"},
    [FINDING_REASON_GLOBAL] = {"global", "is stored in a global variable"},
    [FINDING_REASON_STORED] = {"stored", "is stored through a pointer that may point anywhere"},
    [FINDING_REASON_PASSED] = {"passed", "is passed to a function that keeps it"},
    [FINDING_REASON_UNKNOWN] = {"unknown_callee", "is passed to a function that cannot be seen"},
    [FINDING_REASON_LOOP] = {"loop", "outlives the iteration of the loop that made it"},
    [FINDING_REASON_TOO_LARGE] = {"too_large", "is too large for the stack"},
    [FINDING_REASON_SIZE] = {"size_not_constant", "has a size that is not constant"},
    [FINDING_REASON_ASM] = {"assembly", "is seen by assembly"},
    [FINDING_REASON_VOLATILE] = {"volatile", "is stored by a volatile access"},
    [FINDING_REASON_IRREDUCIBLE] = {"irreducible", "is made in a loop that is entered by goto"},
    [FINDING_REASON_SETJMP] = {"setjmp", "is made in a function that can return twice"},
    [FINDING_REASON_FREED] = {"freed", "is freed or resized where it cannot be told from others"},
    [FINDING_REASON_OTHER] = {"other", "reaches an instruction that the analysis does not follow"},
};

const char *finding_kind_name(enum finding_kind kind)
{
    ASSERT(kind < FINDING_KIND_COUNT);
    return kind_names[kind];
}

const char *finding_reason_name(enum finding_reason reason)
{
    ASSERT(reason < FINDING_REASON_COUNT);
    return reasons[reason].name;
}

const char *finding_reason_words(enum finding_reason reason)
{
    ASSERT(reason < FINDING_REASON_COUNT);
    return reasons[reason].words;
}

int finding_message(const struct finding *finding, char *buffer, size_t buffer_bytes)
{
    switch (finding->kind) {
    case FINDING_MOVED:
        return snprintf(buffer, buffer_bytes, "moved to heap: %s", finding->text);
    case FINDING_ESCAPES:
        return snprintf(buffer, buffer_bytes, "%s escapes to heap", finding->text);
    case FINDING_STAYS:
    case FINDING_PARAMETER_STAYS:
        return snprintf(buffer, buffer_bytes, "%s does not escape", finding->text);
    case FINDING_LEAK:
        return snprintf(buffer, buffer_bytes, "leaking param: %s", finding->text);
    case FINDING_LEAK_CONTENT:
        return snprintf(buffer, buffer_bytes, "leaking param content: %s", finding->text);
    case FINDING_LEAK_RESULT:
        return snprintf(buffer, buffer_bytes, "leaking param: %s to result level=%d", finding->text,
                        finding->level);
    case FINDING_LEAK_BEHIND:
        return snprintf(buffer, buffer_bytes, "leaking param: %s to content of %s level=%d",
                        finding->text, finding->other, finding->level);
    case FINDING_KIND_COUNT:
        break;
    }
    ASSERT(finding->kind < FINDING_KIND_COUNT);
    return -1;
}

static int compare_numbers(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

int finding_compare(const struct finding *a, const struct finding *b)
{
    int order = strcmp(a->position.file, b->position.file);
    if (order == 0) {
        order = compare_numbers(a->position.line, b->position.line);
    }
    if (order == 0) {
        order = compare_numbers(a->position.column, b->position.column);
    }
    if (order == 0) {
        order = strcmp(a->text, b->text);
    }
    if (order == 0) {
        order = compare_numbers(a->kind, b->kind);
    }
    if (order == 0) {
        order = (a->level > b->level) - (a->level < b->level);
    }
    return order || !a->other || !b->other ? order : strcmp(a->other, b->other);
}
