// The analyser's answer, printed: as lines that editors jump to, as JSON, or as SARIF.
#ifndef ESCAPE_REPORT_H
#define ESCAPE_REPORT_H

#include "escape/analysis.h"

#include <stdio.h>

// The findings of all modules, in the order of output, each once: a function of a header is
// analysed in every file that includes it. The findings themselves belong to their analyses.
struct report {
    const struct finding **findings;
    size_t finding_count;
    size_t function_count;
    bool is_go_mode;
};

// Adds what an analysis found; the analysis must outlive the report. Then sort once.
void report_add(struct report *report, const struct analysis *analysis);
void report_sort(struct report *report);
void report_release(struct report *report);

// One line a finding; with flows, what decided it below each, a line a step.
void report_text(const struct report *report, FILE *out, bool flows);

// docs/formats.md has every field.
void report_json(const struct report *report, FILE *out);

// SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), a rule for each kind of finding.
void report_sarif(const struct report *report, FILE *out);

#endif
