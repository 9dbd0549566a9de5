#include "harness/latency_file.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/latency_side.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FORMAT = 1 };

static void check_pair(const char *path, size_t index, json_t *pair)
{
    static const char *const keys[] = {"timer", "a_latency", "b_latency"};
    const char *text = NULL;
    json_t *parameter = NULL;
    json_error_t why;
    if (json_unpack_ex(pair, &why, 0, "{s:s, s:o, s:s, s:s}", "workload", &text, "parameter",
                       &parameter, "a", &text, "b", &text) != 0) {
        die("'%s' is damaged: pairs[%zu]: %s", path, index, why.text);
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_t *const object = json_object_get(pair, keys[i]);
        struct latency_side *const side = allocate_zeroed(1, sizeof *side);
        char error[LATENCY_SIDE_ERROR_BYTES];
        double number = 0;
        if (!latency_side_add(side, object, error)) {
            die("'%s' is damaged: pairs[%zu]: %s: %s", path, index, keys[i], error);
        }
        if (json_unpack_ex(object, &why, 0, "{s:F, s:F, s:F, s:F, s:F}", "p50_ns", &number,
                           "p90_ns", &number, "p99_ns", &number, "p99_9_ns", &number, "p99_99_ns",
                           &number) != 0) {
            die("'%s' is damaged: pairs[%zu]: %s: %s", path, index, keys[i], why.text);
        }
        free(side);
    }
}

void latency_file_attach(json_t *run, const char *folder)
{
    char *const path = allocate_text("%s/latency.json", folder);
    struct stat status;
    if (stat(path, &status) != 0 && errno == ENOENT) {
        free(path);
        return;
    }
    json_error_t why;
    json_t *const latency = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!latency) {
        die("'%s' is damaged: line %d, column %d: %s", path, why.line, why.column, why.text);
    }
    int format = 0;
    if (json_unpack(latency, "{s:i}", "format", &format) != 0 || format != FORMAT) {
        die("'%s' has format %d; this escapement reads format %d", path, format, FORMAT);
    }
    const json_t *const pairs = json_object_get(latency, "pairs");
    json_int_t launches = 0;
    if (!json_is_array(pairs) || json_unpack(latency, "{s:I}", "launches", &launches) != 0) {
        die("'%s' is damaged: 'pairs' or 'launches' is missing", path);
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        check_pair(path, i, json_array_get(pairs, i));
    }
    json_object_set_new(run, "latency", latency);
    free(path);
}
