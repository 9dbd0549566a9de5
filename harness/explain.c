// A line of the source is one or several findings (a macro may hide more than one): the last one at
// or before it counts. How often a line made an object in the run is what it did in the noted
// operations, times the operations that were timed.
#include "harness/explain.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/launch.h"
#include "harness/table_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Sixteen operations, some of a second each.
static const double sites_timeout_seconds = 60;

// A macro's call may be wrapped: the compiler counts its last line, the analyser its first.
enum { WRAPPED_LINE_COUNT_MAX = 4, TEXT_BYTES = 1024, COUNT_BYTES = DISPLAY_NUMBER_BYTES + 4 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static double metric_of(const json_t *pair, const char *name)
{
    return number_of(json_object_get(json_object_get(pair, "metrics"), name), "value");
}

static json_t *ask_worker(const json_t *pair, const char *worker_path)
{
    const json_t *const parameter = json_object_get(pair, "parameter_value");
    char *const option =
        json_is_integer(parameter)
            ? allocate_text("--sites=%s/%lld/stack:auto", text_of(pair, "workload"),
                            (long long)json_integer_value(parameter))
            : allocate_text("--sites=%s/stack:auto", text_of(pair, "workload"));
    const char *const arguments[] = {worker_path, option, NULL};
    struct launch launch;
    const int error = launch_init(&launch, arguments, 0, sites_timeout_seconds);
    if (error || launch.timed_out || launch.interrupted || launch.wait_status != 0) {
        die("'%s %s': %s", worker_path, option, error ? strerror(-error) : launch.errors);
    }
    json_t *const answer = json_loads(launch.output, 0, NULL);
    if (!answer) {
        die("'%s %s' printed something else than JSON", worker_path, option);
    }
    launch_release(&launch);
    free(option);
    return answer;
}

// What the analyser wrote when it placed this file's objects; NULL without it.
static json_t *load_findings(const char *worker_path, const char *source)
{
    const char *const slash = strrchr(worker_path, '/');
    const int folder_length = slash ? (int)(slash - worker_path) : 1;
    const char *const dot = strrchr(source, '.');
    const int stem_length = dot ? (int)(dot - source) : (int)strlen(source);
    char *const path = allocate_text("%.*s/%.*s.auto.timed.0.json", folder_length,
                                     slash ? worker_path : ".", stem_length, source);
    json_t *const root = json_load_file(path, 0, NULL);
    free(path);
    json_t *const findings = json_incref(json_object_get(root, "findings"));
    json_decref(root);
    return findings;
}

// The finding about an object that is made at or just before this line.
static const json_t *find_finding(const json_t *findings, const char *source, long long line)
{
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *const finding = json_array_get(findings, i);
        const long long at = json_integer_value(json_object_get(finding, "line"));
        if (strncmp(text_of(finding, "name"), "heap_new", 8) == 0 &&
            strcmp(text_of(finding, "file"), source) == 0 && at <= line &&
            at + WRAPPED_LINE_COUNT_MAX > line) {
            found = finding;
        }
    }
    return found;
}

static double heap_objects_per_op(const json_t *answer)
{
    double count = 0;
    const json_t *const sites = json_object_get(answer, "sites");
    for (size_t i = 0; i < json_array_size(sites); i++) {
        const json_t *const site = json_array_get(sites, i);
        count += number_of(site, "objects") - number_of(site, "stack_objects");
    }
    return count / number_of(answer, "ops");
}

static json_t *line_json(const json_t *pair, const json_t *answer, const json_t *site,
                         const json_t *finding, double launches)
{
    const bool is_b = strcmp(text_of(pair, "b"), "auto") == 0;
    const double ops = metric_of(pair, is_b ? "b_ops" : "a_ops") * launches;
    const double noted_ops = number_of(answer, "ops");
    const double objects = number_of(site, "objects");
    const double heap_share = 1 - number_of(site, "stack_objects") / objects;
    const double heap_objects = heap_objects_per_op(answer);
    json_t *const line =
        json_pack("{s:s, s:O, s:s, s:O, s:O, s:s, s:s, s:s, s:f, s:f, s:f, s:f}", "workload",
                  text_of(pair, "workload"), "parameter", json_object_get(pair, "parameter"),
                  "file", text_of(finding, "file"), "line", json_object_get(finding, "line"),
                  "column", json_object_get(finding, "column"), "message",
                  text_of(finding, "message"), "reason", text_of(finding, "reason"), "because",
                  text_of(finding, "because"), "objects_per_op", objects / noted_ops, "heap_share",
                  heap_share, "allocations", ops * objects * heap_share / noted_ops,
                  "collector_bytes", ops * number_of(site, "bytes") * heap_share / noted_ops);
    // Only beside the stack can it be said what an allocation adds; lines of one workload share it.
    if (is_b && strcmp(text_of(pair, "a"), "stack") == 0 && heap_objects > 0 && heap_share > 0) {
        json_object_set_new(
            line, "added_ns",
            json_real((metric_of(pair, "b_ns") - metric_of(pair, "a_ns")) / heap_objects));
    }
    return line;
}

static void share_collector_work(json_t *lines)
{
    double total = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        total += number_of(json_array_get(lines, i), "collector_bytes");
    }
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *const line = json_array_get(lines, i);
        json_object_set_new(line, "collector_share",
                            json_real(total > 0 ? number_of(line, "collector_bytes") / total : 0));
    }
}

json_t *explain_json(json_t *run, const char *worker_path)
{
    json_t *const lines = json_array();
    const json_t *const pairs = json_object_get(run, "pairs");
    const double launches = number_of(run, "launches");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *const pair = json_array_get(pairs, i);
        if (strcmp(text_of(pair, "a"), "auto") != 0 && strcmp(text_of(pair, "b"), "auto") != 0) {
            continue;
        }
        json_t *const answer = ask_worker(pair, worker_path);
        const char *const source = text_of(answer, "file");
        json_t *const findings = load_findings(worker_path, source);
        const json_t *const sites = json_object_get(answer, "sites");
        for (size_t k = 0; k < json_array_size(sites); k++) {
            const json_t *const site = json_array_get(sites, k);
            const json_t *const finding =
                find_finding(findings, source, json_integer_value(json_object_get(site, "line")));
            if (finding) {
                json_array_append_new(lines, line_json(pair, answer, site, finding, launches));
            } else {
                char *const note = allocate_text(
                    "%s:%lld: nothing is known of this line from the analyser", source,
                    (long long)json_integer_value(json_object_get(site, "line")));
                json_array_append_new(json_object_get(run, "notes"), json_string(note));
                free(note);
            }
        }
        json_decref(findings);
        json_decref(answer);
    }
    share_collector_work(lines);
    return lines;
}

static void count_text(double count, char text[COUNT_BYTES])
{
    const char *unit = "";
    if (count >= 1e9) {
        count /= 1e9;
        unit = " G";
    } else if (count >= 1e6) {
        count /= 1e6;
        unit = " M";
    } else if (count >= 1e3) {
        count /= 1e3;
        unit = " k";
    }
    char number[DISPLAY_NUMBER_BYTES];
    display_number(count, number);
    snprintf(text, COUNT_BYTES, "%s%s", number, unit);
}

static void print_line(FILE *out, const struct display *display, const json_t *line)
{
    char text[TEXT_BYTES], count[COUNT_BYTES];
    const json_t *const parameter = json_object_get(line, "parameter");
    int used = snprintf(
        text, sizeof text, "%s%s%s: %s:%lld:%lld: %s", text_of(line, "workload"),
        json_is_string(parameter) ? "/" : "",
        json_is_string(parameter) ? json_string_value(parameter) : "", text_of(line, "file"),
        (long long)json_integer_value(json_object_get(line, "line")),
        (long long)json_integer_value(json_object_get(line, "column")), text_of(line, "message"));
    if (number_of(line, "heap_share") <= 0) {
        snprintf(text + used, sizeof text - (size_t)used, " - %g an operation, in the frame",
                 number_of(line, "objects_per_op"));
    } else {
        count_text(number_of(line, "allocations"), count);
        used += snprintf(text + used, sizeof text - (size_t)used, " - %s allocations", count);
        const json_t *const added = json_object_get(line, "added_ns");
        if (added && json_number_value(added) <= 0) { // another compiler makes the stack side
            used += snprintf(text + used, sizeof text - (size_t)used, ", none slower than there");
        } else if (added) {
            char duration[DISPLAY_NUMBER_BYTES];
            display_duration(display, json_number_value(added), duration);
            used += snprintf(text + used, sizeof text - (size_t)used, ", %s each", duration);
        }
        snprintf(text + used, sizeof text - (size_t)used, ", %.0f %% of collector work; because %s",
                 100 * number_of(line, "collector_share"), text_of(line, "because"));
    }
    table_text_wrapped(out, display, text, 4);
}

// Whether all lines of the workload of line `index` are in frames; *is_first: none stands before.
static bool is_as_by_hand(const json_t *lines, size_t index, bool *is_first)
{
    const char *const workload = text_of(json_array_get(lines, index), "workload");
    bool is_in_frame = true;
    *is_first = true;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *const line = json_array_get(lines, i);
        if (strcmp(text_of(line, "workload"), workload) == 0) {
            is_in_frame &= number_of(line, "heap_share") <= 0;
            *is_first &= i >= index;
        }
    }
    return is_in_frame;
}

static void print_agreement(FILE *out, const struct display *display, const json_t *lines)
{
    char *names[2] = {allocate_text("%s", ""), allocate_text("%s", "")};
    size_t counts[2] = {0};
    for (size_t i = 0; i < json_array_size(lines); i++) {
        bool is_first = false;
        const bool which = is_as_by_hand(lines, i, &is_first);
        if (is_first) {
            char *const longer = allocate_text("%s%s%s", names[which], counts[which]++ ? ", " : "",
                                               text_of(json_array_get(lines, i), "workload"));
            free(names[which]);
            names[which] = longer;
        }
    }
    char *const text = allocate_text(
        "auto leaves in frames what the stack side has there in %zu of %zu workloads%s%s; %s%s",
        counts[1], counts[0] + counts[1], counts[1] ? ": " : "", names[1],
        counts[0] ? "not, or not all: " : "", names[0]);
    fputc('\n', out);
    table_text_wrapped(out, display, text, 2);
    free(text);
    free(names[0]);
    free(names[1]);
}

void explain_print(FILE *out, const struct display *display, const json_t *lines)
{
    if (json_array_size(lines) == 0) {
        return;
    }
    fputs("\nplacement auto, by line:\n", out);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        print_line(out, display, json_array_get(lines, i));
    }
    print_agreement(out, display, lines);
}
