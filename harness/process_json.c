// The unit is the round: its placements ran within a second or two of each other, in an order drawn
// for it, so a slow phase of the machine meets all of them, and their ratio is taken inside the
// round. Processes of one placement follow each other directly inside a round and are no
// independent samples of the machine's state: a round counts once, with the median of its
// processes.
#include "harness/process_json.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "base/die.h"
#include "harness/interval.h"
#include "harness/pairs_json.h"
#include "harness/process_raw.h"
#include "harness/results.h"
#include "harness/version.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FORMAT = 1 };

static double median_of(const json_t *numbers)
{
    const size_t count = json_array_size(numbers);
    double *const values = allocate_zeroed(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = json_number_value(json_array_get(numbers, i));
    }
    const double median = interval_of(values, count).value;
    free(values);
    return median;
}

// The round medians of what `key` holds for the placement; to be freed.
static double *round_medians(const json_t *rounds, const char *key, const char *placement)
{
    const size_t count = json_array_size(rounds);
    double *const medians = allocate_zeroed(count, sizeof *medians);
    for (size_t i = 0; i < count; i++) {
        const json_t *const round = json_array_get(rounds, i);
        medians[i] = median_of(json_object_get(json_object_get(round, key), placement));
    }
    return medians;
}

static json_t *metric_json(const double *values, size_t count, const char *unit)
{
    const struct interval interval = interval_of(values, count);
    return json_pack("{s:f, s:f, s:f, s:s, s:s}", "value", interval.value, "low", interval.low,
                     "high", interval.high, "unit", unit, "source", "measured");
}

// The ratio's median over rounds with its interval, as three fields.
static void ratio_set(json_t *placement, const char *name, const double *values,
                      const double *stack, size_t count)
{
    double *const ratios = allocate_zeroed(count, sizeof *ratios);
    for (size_t i = 0; i < count; i++) {
        ratios[i] = values[i] / stack[i];
    }
    const struct interval interval = interval_of(ratios, count);
    char *const low = allocate_text("%s_low", name), *const high = allocate_text("%s_high", name);
    json_object_set_new(placement, name, json_real(interval.value));
    json_object_set_new(placement, low, json_real(interval.low));
    json_object_set_new(placement, high, json_real(interval.high));
    free(low);
    free(high);
    free(ratios);
}

static double largest(const json_t *rounds, const char *key, const char *placement)
{
    double largest = 0;
    for (size_t i = 0; i < json_array_size(rounds); i++) {
        const json_t *const all = json_object_get(json_array_get(rounds, i), key);
        const json_t *const values = json_object_get(all, placement);
        for (size_t j = 0; j < json_array_size(values); j++) {
            const double value = json_number_value(json_array_get(values, j));
            largest = value > largest ? value : largest;
        }
    }
    return largest;
}

static json_t *placement_json(const json_t *rounds, const char *name)
{
    const size_t count = json_array_size(rounds);
    double *const seconds = round_medians(rounds, "seconds", name);
    double *const peaks = round_medians(rounds, "peak_bytes", name);
    double *const stack_seconds = round_medians(rounds, "seconds", "stack");
    double *const stack_peaks = round_medians(rounds, "peak_bytes", "stack");
    json_t *const time = metric_json(seconds, count, "s");
    json_t *const peak = metric_json(peaks, count, "B");
    json_object_set_new(peak, "max", json_real(largest(rounds, "peak_bytes", name)));
    json_t *const all = json_array();
    for (size_t i = 0; i < count; i++) {
        const json_t *const round = json_array_get(rounds, i);
        json_array_append(all, json_object_get(json_object_get(round, "seconds"), name));
    }
    json_t *const placement = json_pack("{s:s, s:{s:o, s:o}, s:o}", "placement", name, "metrics",
                                        "seconds", time, "peak_bytes", peak, "seconds", all);
    if (strcmp(name, "stack") != 0) {
        ratio_set(placement, "ratio", seconds, stack_seconds, count);
        ratio_set(placement, "memory_ratio", peaks, stack_peaks, count);
    }
    free(seconds);
    free(peaks);
    free(stack_seconds);
    free(stack_peaks);
    return placement;
}

static json_t *program_json(const struct process_plan *plan, const char *name)
{
    json_int_t size = 0;
    char checksum[PROCESS_RAW_CHECKSUM_BYTES];
    json_t *const rounds =
        process_raw_read(plan->raw_folder, name, plan->round_count, &size, checksum);
    const json_t *const first = json_object_get(json_array_get(rounds, 0), "seconds");
    if (!json_object_get(first, "stack")) {
        die("program %s: placement stack was not measured, to which the others are compared", name);
    }
    // The order of tables and charts.
    static const char *const known[] = {"stack",    "auto",     "gc",   "malloc",
                                        "mimalloc", "jemalloc", "boehm"};
    enum { KNOWN_COUNT = sizeof known / sizeof known[0] };
    json_t *const placements = json_array();
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (json_object_get(first, known[i])) {
            json_array_append_new(placements, placement_json(rounds, known[i]));
        }
    }
    json_t *const orders = json_array();
    for (size_t i = 0; i < json_array_size(rounds); i++) {
        json_array_append(orders, json_object_get(json_array_get(rounds, i), "order"));
    }
    json_decref(rounds);
    return json_pack("{s:s, s:I, s:s, s:o, s:o}", "program", name, "size", size, "checksum",
                     checksum, "orders", orders, "placements", placements);
}

json_t *process_json(const struct process_plan *plan)
{
    char started[RESULTS_TIME_BYTES];
    results_time_text(time(NULL) - (time_t)plan->duration_seconds, started);
    json_t *const programs = json_array();
    char *const names = allocate_text("%s", plan->programs);
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        json_array_append_new(programs, program_json(plan, name));
    }
    free(names);
    if (json_array_size(programs) == 0) {
        die("option '--programs': no names in '%s'", plan->programs);
    }
    const json_t *const first = json_array_get(
        json_object_get(
            json_array_get(json_object_get(json_array_get(programs, 0), "placements"), 0),
            "seconds"),
        0);
    json_t *const document = json_pack(
        "{s:i, s:s, s:s, s:b, s:s, s:f, s:I, s:i, s:i, s:i, s:s, s:o, s:o}", "format", FORMAT,
        "program", "escapement " ESCAPEMENT_VERSION, "commit", ESCAPEMENT_COMMIT, "dirty",
        ESCAPEMENT_DIRTY, "started", started, "duration_seconds", plan->duration_seconds, "seed",
        (json_int_t)plan->seed, "rounds", plan->round_count, "runs", (int)json_array_size(first),
        "cpu", plan->cpu, "hyperfine", plan->hyperfine, "machine", pairs_json_machine(), "programs",
        programs);
    ASSERT(document != NULL);
    return document;
}

static void check_placement(const char *path, json_t *placement)
{
    const char *name = NULL;
    double number = 0;
    json_error_t why;
    const char *const metrics = "{s:s, s:{s:{s:F, s:F, s:F}, s:{s:F, s:F, s:F, s:F}}}";
    if (json_unpack_ex(placement, &why, 0, metrics, "placement", &name, "metrics", "seconds",
                       "value", &number, "low", &number, "high", &number, "peak_bytes", "value",
                       &number, "low", &number, "high", &number, "max", &number) != 0) {
        die("'%s' is damaged: %s", path, why.text);
    }
    if (strcmp(name, "stack") != 0 &&
        json_unpack_ex(placement, &why, 0, "{s:F, s:F, s:F, s:F}", "ratio", &number, "ratio_low",
                       &number, "ratio_high", &number, "memory_ratio", &number) != 0) {
        die("'%s' is damaged: %s", path, why.text);
    }
}

json_t *process_json_read(const char *folder)
{
    char *const path = allocate_text("%s/process.json", folder);
    json_error_t why;
    json_t *const document = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!document && json_error_code(&why) == json_error_cannot_open_file) {
        die("no whole programs were measured in '%s': cannot read '%s' ('make bench-process' "
            "writes it)",
            folder, path);
    }
    if (!document) {
        die("'%s' is damaged: line %d, column %d: %s", path, why.line, why.column, why.text);
    }
    int format = 0, number = 0;
    const char *text = NULL;
    json_t *programs = NULL;
    if (json_unpack(document, "{s:i}", "format", &format) != 0 || format != FORMAT) {
        die("'%s' has format %d; this escapement reads format %d", path, format, FORMAT);
    }
    if (json_unpack_ex(document, &why, 0, "{s:s, s:s, s:i, s:i, s:i, s:s, s:{s:s, s:s, s:s}, s:o}",
                       "program", &text, "commit", &text, "rounds", &number, "runs", &number, "cpu",
                       &number, "hyperfine", &text, "machine", "summary", &text, "compiler", &text,
                       "libc", &text, "programs", &programs) != 0) {
        die("'%s' is damaged: %s", path, why.text);
    }
    for (size_t i = 0; i < json_array_size(programs); i++) {
        json_t *const program = json_array_get(programs, i);
        json_t *placements = NULL;
        if (json_unpack_ex(program, &why, 0, "{s:s, s:o}", "program", &text, "placements",
                           &placements) != 0) {
            die("'%s' is damaged: %s", path, why.text);
        }
        for (size_t j = 0; j < json_array_size(placements); j++) {
            check_placement(path, json_array_get(placements, j));
        }
    }
    free(path);
    return document;
}
