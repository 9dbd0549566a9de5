#include "escape/report.h"

#include "base/allocate.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_BYTES = 1024 };

void report_add(struct report *report, const struct analysis *analysis)
{
    report->function_count += analysis->function_count;
    for (size_t i = 0; i < analysis->finding_count; i++) {
        report->findings =
            allocate_room(report->findings, report->finding_count, sizeof *report->findings);
        report->findings[report->finding_count++] = &analysis->findings[i];
    }
}

static int compare(const void *a, const void *b)
{
    return finding_compare(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

// The linker gives functions of one name numbers: `make.7`, a header's `static inline make()`.
static bool is_same_function(const char *a, const char *b)
{
    size_t common = 0;
    while (a[common] && a[common] == b[common] && a[common] != '.') {
        common++;
    }
    const bool ends_a = a[common] == '\0' || a[common] == '.';
    return ends_a && (b[common] == '\0' || b[common] == '.');
}

static bool is_same(const struct finding *a, const struct finding *b)
{
    return finding_compare(a, b) == 0 && a->reason == b->reason &&
           is_same_function(a->function, b->function);
}

void report_sort(struct report *report)
{
    qsort(report->findings, report->finding_count, sizeof *report->findings, compare);
    size_t kept = 0;
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *const finding = report->findings[i];
        // Without a position, two of the same name need not be the same.
        if (kept == 0 || finding->position.line == 0 ||
            !is_same(report->findings[kept - 1], finding)) {
            report->findings[kept++] = finding;
        }
    }
    report->finding_count = kept;
}

void report_release(struct report *report)
{
    free(report->findings);
    *report = (struct report){0};
}

static void print_position(const struct finding_position *position, FILE *out)
{
    if (position->file[0]) {
        fprintf(out, "%s:%u:%u: ", position->file, position->line, position->column);
    } else {
        fputs("?:0:0: ", out);
    }
}

void report_text(const struct report *report, FILE *out, bool flows)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *const finding = report->findings[i];
        // Several functions of one macro say the same at one place.
        if (!flows && i > 0 && finding->position.line != 0 &&
            finding_compare(report->findings[i - 1], finding) == 0) {
            continue;
        }
        char message[MESSAGE_BYTES];
        finding_message(finding, message, sizeof message);
        print_position(&finding->position, out);
        fprintf(out, "%s\n", message);
        if (!flows) {
            continue;
        }
        if (finding->because[0]) {
            fprintf(out, "    because %s\n", finding->because);
        }
        for (size_t k = 0; k < finding->step_count; k++) {
            fputs("    ", out);
            print_position(&finding->steps[k].position, out);
            fprintf(out, "%s (%s)\n", finding->steps[k].words, finding->steps[k].reason);
        }
    }
}
