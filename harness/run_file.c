#include "harness/run_file.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FORMAT = 1 };

static void check_pair(const char *path, const char *list_name, size_t index, json_t *pair)
{
    const char *workload = NULL, *verdict = NULL, *unused = NULL;
    double number = 0;
    json_t *parameter = NULL, *metrics = NULL, *offsets = NULL;
    json_error_t why;
    if (json_unpack_ex(pair, &why, 0,
                       "{s:s, s:s, s:s, s:o, s:F, s:F, s:F, s:s, s:o, s:o, s:{s:{s:F}, s:{s:F}}}",
                       "workload", &workload, "a", &unused, "b", &unused, "parameter", &parameter,
                       "ratio", &number, "ratio_low", &number, "ratio_high", &number, "verdict",
                       &verdict, "metrics", &metrics, "offsets", &offsets, "metrics", "a_ns",
                       "value", &number, "b_ns", "value", &number) != 0) {
        die("'%s' is damaged: %s[%zu]: %s", path, list_name, index, why.text);
    }
    if (verdict_parse(verdict) < 0) {
        die("'%s' is damaged: %s[%zu]: there is no verdict '%s'", path, list_name, index, verdict);
    }
    if (!json_is_null(parameter) && !json_is_string(parameter)) {
        die("'%s' is damaged: %s[%zu]: 'parameter' is neither a text nor null", path, list_name,
            index);
    }
}

static void check_document(const char *path, json_t *run)
{
    int format = 0;
    if (json_unpack(run, "{s:i}", "format", &format) != 0 || format != FORMAT) {
        die("'%s' has format %d; this escapement reads format %d", path, format, FORMAT);
    }
    const char *text = NULL;
    double number = 0;
    int flag = 0;
    json_int_t count = 0;
    json_t *pairs = NULL, *controls = NULL, *notes = NULL;
    json_error_t why;
    if (json_unpack_ex(run, &why, 0,
                       "{s:s, s:s, s:s, s:b, s:F, s:I, s:I, s:F, s:{s:F, s:s}, s:{s:s, s:s, s:s}, "
                       "s:o, s:o, s?o}",
                       "program", &text, "id", &text, "commit", &text, "dirty", &flag,
                       "duration_seconds", &number, "launches", &count, "cpu", &count,
                       "budget_seconds", &number, "band", "value", &number, "source", &text,
                       "machine", "summary", &text, "compiler", &text, "libc", &text, "pairs",
                       &pairs, "controls", &controls, "notes", &notes) != 0) {
        die("'%s' is damaged: %s", path, why.text);
    }
    if (!json_is_array(pairs) || !json_is_array(controls)) {
        die("'%s' is damaged: 'pairs' or 'controls' is not an array", path);
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        check_pair(path, "pairs", i, json_array_get(pairs, i));
    }
    for (size_t i = 0; i < json_array_size(controls); i++) {
        check_pair(path, "controls", i, json_array_get(controls, i));
    }
}

json_t *run_file_read(const char *folder)
{
    struct stat status;
    if (stat(folder, &status) != 0) {
        die("there is no run in '%s': %s; 'escapement run' makes one", folder, strerror(errno));
    }
    char *const path = allocate_text("%s/pairs.json", folder);
    if (stat(path, &status) != 0) {
        die("'%s' is not the folder of a run: cannot read '%s': %s", folder, path, strerror(errno));
    }
    json_error_t why;
    json_t *const run = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!run) {
        die("'%s' is damaged: line %d, column %d: %s", path, why.line, why.column, why.text);
    }
    check_document(path, run);
    free(path);
    return run;
}
