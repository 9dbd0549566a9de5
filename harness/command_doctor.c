#include "harness/command_doctor.h"

#include "base/die.h"
#include "harness/affinity.h"
#include "harness/display.h"
#include "harness/doctor.h"
#include "harness/options.h"
#include "harness/results.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_COLUMNS = 24, STATUS_COLUMNS = 9, INDENT_COLUMNS = 2 };

static const char *colour_of(enum condition_status status)
{
    static const char *const colours[] = {
        [CONDITION_OK] = "\033[32m",
        [CONDITION_WARN] = "\033[33m",
        [CONDITION_BAD] = "\033[1;31m",
        [CONDITION_UNKNOWN] = "\033[2m",
    };
    return colours[status];
}

// Prints from column `indent` on, with line breaks between words; the cursor is there already.
static void print_from(FILE *out, const struct display *display, const char *text, size_t indent)
{
    size_t column = indent;
    while (*text) {
        const size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > (size_t)display->columns) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)length, text);
        column += length;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}

static void print_condition(FILE *out, const struct display *display,
                            const struct condition *condition)
{
    const size_t indent = INDENT_COLUMNS + NAME_COLUMNS + STATUS_COLUMNS;
    fprintf(out, "%*s%-*s%s%-*s%s", INDENT_COLUMNS, "", NAME_COLUMNS, condition->name,
            display->colour ? colour_of(condition->status) : "", STATUS_COLUMNS,
            condition_status_text(condition->status), display->colour ? "\033[0m" : "");
    print_from(out, display, condition->value, indent);
    if (*condition->advice) {
        fprintf(out, "%*s%s ", (int)indent - 3, "", display->symbols ? "→ " : "->");
        print_from(out, display, condition->advice, indent);
    }
}

static void print_text(FILE *out, const struct condition_list *list)
{
    static const char *const groups[CONDITION_GROUP_COUNT] = {
        [CONDITION_ACTIVITY] = "activity", [CONDITION_PROCESSOR] = "processor",
        [CONDITION_KERNEL] = "kernel",     [CONDITION_TIMING] = "timing",
        [CONDITION_TOOLS] = "tools",
    };
    struct display display;
    display_init(&display, out);
    for (enum condition_group group = 0; group < CONDITION_GROUP_COUNT; group++) {
        fprintf(out, "%s%s%s\n", display.colour ? "\033[1m" : "", groups[group],
                display.colour ? "\033[0m" : "");
        for (size_t i = 0; i < list->count; i++) {
            if (list->conditions[i].group == group) {
                print_condition(out, &display, &list->conditions[i]);
            }
        }
        fputc('\n', out);
    }
    const char *const between = display.symbols ? "·" : "|";
    fprintf(out, "grade %c  %s  %zu ok, %zu warn, %zu bad, %zu unknown\n", condition_grade(list),
            between, condition_count(list, CONDITION_OK), condition_count(list, CONDITION_WARN),
            condition_count(list, CONDITION_BAD), condition_count(list, CONDITION_UNKNOWN));
}

int command_doctor(int count, char *const *arguments)
{
    bool as_json = false;
    int cpu = -1;
    const struct options_row rows[] = {
        {.name = "cpu",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &cpu,
         .min = 0,
         .max = 1023,
         .help = "examine this core (default: the quietest)"},
        {.name = "json",
         .kind = OPTIONS_FLAG,
         .target = &as_json,
         .help = "print grade and conditions as JSON"},
    };
    const struct options_table table = {
        .command = "doctor",
        .summary = "Examines this machine for what disturbs measurements, says what to do about\n"
                   "each, and gives a grade from A to F. Changes nothing; exits 0 for any grade.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    options_parse_or_exit(&table, count, arguments);
    affinity_init();
    if (cpu >= 0 && !affinity_allows(cpu)) {
        die("option '--cpu': this process may not run on core %d", cpu);
    }
    struct condition_list list;
    doctor_examine(&list, cpu >= 0 ? cpu : affinity_quietest());
    if (as_json) {
        const char grade[] = {condition_grade(&list), '\0'};
        json_t *const json =
            json_pack("{s:s, s:o}", "grade", grade, "conditions", condition_json(&list));
        results_print_json(stdout, json);
        json_decref(json);
    } else {
        print_text(stdout, &list);
    }
    return 0;
}
