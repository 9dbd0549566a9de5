// Everything is checked before any figure is used: a round whose process printed another checksum
// is no measurement.
#include "harness/process_raw.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "base/die.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 160, PLACEMENT_BYTES = 32 };

// The times of a result, all greater than 0; a borrowed reference.
static json_t *times_of(const char *path, const json_t *result)
{
    json_t *const times = json_object_get(result, "times");
    if (json_array_size(times) == 0) {
        die("'%s' is damaged: a result without times", path);
    }
    for (size_t i = 0; i < json_array_size(times); i++) {
        if (!(json_number_value(json_array_get(times, i)) > 0)) {
            die("'%s' is damaged: a time is no number above 0", path);
        }
    }
    const json_t *const codes = json_object_get(result, "exit_codes");
    for (size_t i = 0; i < json_array_size(codes); i++) {
        if (json_integer_value(json_array_get(codes, i)) != 0) {
            die("'%s': a process ended with status %" JSON_INTEGER_FORMAT, path,
                json_integer_value(json_array_get(codes, i)));
        }
    }
    return times;
}

static json_t *read_export(const char *path)
{
    json_error_t why;
    json_t *const document = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!document) {
        die("cannot read hyperfine's export '%s': line %d: %s", path, why.line, why.text);
    }
    const json_t *const results = json_object_get(document, "results");
    if (json_array_size(results) == 0) {
        die("'%s' is damaged: no results", path);
    }
    json_t *const order = json_array(), *const seconds = json_object(),
                  *const peaks = json_object();
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *const result = json_array_get(results, i);
        const char *const placement = json_string_value(json_object_get(result, "command"));
        if (!placement || json_object_get(seconds, placement)) {
            die("'%s' is damaged: a result without a name of its own", path);
        }
        json_array_append_new(order, json_string(placement));
        json_object_set(seconds, placement, times_of(path, result));
        json_object_set_new(peaks, placement, json_array());
    }
    json_decref(document);
    return json_pack("{s:o, s:o, s:o}", "order", order, "seconds", seconds, "peak_bytes", peaks);
}

// Adds the log's peaks to the round; takes or compares size and checksum.
static void read_log(const char *path, json_t *round, json_int_t *size,
                     char checksum[PROCESS_RAW_CHECKSUM_BYTES])
{
    FILE *const log = fopen(path, "re");
    if (!log) {
        die("cannot read the programs' log '%s': %s", path, strerror(errno));
    }
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, log)) {
        char placement[PLACEMENT_BYTES], found[PROCESS_RAW_CHECKSUM_BYTES];
        int64_t peak_bytes = 0, found_size = 0;
        // NOLINTNEXTLINE(cert-err34-c): out of range is not what a damaged log looks like
        if (sscanf(line, "%31s %" SCNd64 " %" SCNd64 " %16[0-9a-f]", placement, &peak_bytes,
                   &found_size, found) != 4 ||
            peak_bytes <= 0) {
            die("'%s' is damaged: '%.*s'", path, (int)strcspn(line, "\n"), line);
        }
        if (!checksum[0]) {
            memcpy(checksum, found, sizeof found);
            *size = found_size;
        }
        if (strcmp(checksum, found) != 0 || *size != found_size) {
            die("'%s': %s computed %s at size %" PRId64 ", the others %s at %" JSON_INTEGER_FORMAT
                ": no time is reported",
                path, placement, found, found_size, checksum, *size);
        }
        json_t *const peaks = json_object_get(json_object_get(round, "peak_bytes"), placement);
        if (!peaks) {
            die("'%s': placement '%s' is not in hyperfine's export", path, placement);
        }
        json_array_append_new(peaks, json_integer(peak_bytes));
    }
    fclose(log);
}

static void check_counts(const char *path, const json_t *round, const json_t *first)
{
    json_t *const seconds = json_object_get(round, "seconds");
    const char *placement = NULL;
    json_t *times = NULL;
    json_object_foreach(seconds, placement, times)
    {
        const json_t *const peaks =
            json_object_get(json_object_get(round, "peak_bytes"), placement);
        if (json_array_size(peaks) != json_array_size(times)) {
            die("'%s': %zu processes of placement %s, but %zu times", path, json_array_size(peaks),
                placement, json_array_size(times));
        }
        if (!json_object_get(json_object_get(first, "seconds"), placement)) {
            die("'%s': placement '%s' is not in round 1", path, placement);
        }
    }
    if (json_object_size(seconds) != json_object_size(json_object_get(first, "seconds"))) {
        die("'%s': not the placements of round 1", path);
    }
}

json_t *process_raw_read(const char *folder, const char *program, int round_count, json_int_t *size,
                         char checksum[PROCESS_RAW_CHECKSUM_BYTES])
{
    ASSERT(round_count > 0);
    *size = 0;
    checksum[0] = '\0';
    json_t *const rounds = json_array();
    for (int i = 1; i <= round_count; i++) {
        char *const path = allocate_text("%s/%d.%s.json", folder, i, program);
        char *const log_path = allocate_text("%s/%d.%s.log", folder, i, program);
        json_t *const round = read_export(path);
        read_log(log_path, round, size, checksum);
        json_array_append_new(rounds, round);
        check_counts(log_path, round, json_array_get(rounds, 0));
        free(log_path);
        free(path);
    }
    return rounds;
}
