// A line of the source is one or several findings (a macro may hide more than one): the last one at
// or before it counts. How often a line made an object in the run is what it did in the noted
// operations, times the operations that were timed.
#include "harness/explain.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/agreement.h"
#include "harness/launch.h"
#include "harness/table_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A thousand operations, some of ten milliseconds each.
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

// What the noted operations of a pair made, over all its lines.
struct made {
    double ops, objects, heap_objects, heap_bytes;
};

static double heap_share_of(const json_t *site)
{
    return 1 - number_of(site, "stack_objects") / number_of(site, "objects");
}

static struct made made_of(const json_t *answer)
{
    struct made made = {.ops = number_of(answer, "ops")};
    const json_t *const sites = json_object_get(answer, "sites");
    for (size_t i = 0; i < json_array_size(sites); i++) {
        const json_t *const site = json_array_get(sites, i);
        made.objects += number_of(site, "objects");
        made.heap_objects += number_of(site, "objects") * heap_share_of(site);
        made.heap_bytes += number_of(site, "bytes") * heap_share_of(site);
    }
    return made;
}

// What one of the pair's heap objects adds to the time of the `stack` side, with its interval. Only
// beside the stack can that be said; the lines of one workload share it.
static void add_cost(json_t *line, const json_t *pair, double heap_objects_per_op)
{
    static const char *const keys[][2] = {
        {"added_ns", "value"}, {"added_ns_low", "low"}, {"added_ns_high", "high"}};
    const json_t *const added = json_object_get(json_object_get(pair, "metrics"), "added_ns");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_object_set_new(line, keys[i][0],
                            json_real(number_of(added, keys[i][1]) / heap_objects_per_op));
    }
}

static json_t *line_json(const json_t *pair, const json_t *answer, const json_t *site,
                         const json_t *finding, double launches)
{
    const bool is_b = strcmp(text_of(pair, "b"), "auto") == 0;
    const double ops = metric_of(pair, is_b ? "b_ops" : "a_ops") * launches;
    const double gc_ns = metric_of(pair, is_b ? "b_gc_ns" : "a_gc_ns");
    const struct made made = made_of(answer);
    const double objects = number_of(site, "objects");
    const double heap_share = heap_share_of(site);
    const double heap_bytes = number_of(site, "bytes") * heap_share;
    json_t *const line = json_pack(
        "{s:s, s:O, s:s, s:O, s:O, s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f}", "workload",
        text_of(pair, "workload"), "parameter", json_object_get(pair, "parameter"), "file",
        text_of(finding, "file"), "line", json_object_get(finding, "line"), "column",
        json_object_get(finding, "column"), "message", text_of(finding, "message"), "reason",
        text_of(finding, "reason"), "because", text_of(finding, "because"), "objects_per_op",
        objects / made.ops, "heap_share", heap_share, "allocations",
        ops * objects * heap_share / made.ops, "collector_bytes", ops * heap_bytes / made.ops,
        "collector_ns", made.heap_bytes > 0 ? ops * gc_ns * heap_bytes / made.heap_bytes : 0.0);
    if (is_b && strcmp(text_of(pair, "a"), "stack") == 0 && heap_share > 0) {
        add_cost(line, pair, made.heap_objects / made.ops);
    }
    return line;
}

static void share_collector_work(json_t *lines)
{
    double total = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        total += number_of(json_array_get(lines, i), "collector_ns");
    }
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *const line = json_array_get(lines, i);
        json_object_set_new(line, "collector_share",
                            json_real(total > 0 ? number_of(line, "collector_ns") / total : 0));
    }
}

// Adds the reason of a line whose objects are on the heap, once.
static void add_reason(json_t *reasons, const json_t *line)
{
    json_t *const reason = json_object_get(line, "reason");
    bool is_new = number_of(line, "heap_share") > 0;
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        is_new &= !json_equal(json_array_get(reasons, i), reason);
    }
    if (is_new) {
        json_array_append(reasons, reason);
    }
}

// The lines of one pair.
static void explain_pair(json_t *run, json_t *pair, const char *worker_path, json_t *lines)
{
    json_t *const answer = ask_worker(pair, worker_path);
    const char *const source = text_of(answer, "file");
    json_t *const findings = load_findings(worker_path, source);
    json_t *const sites = json_object_get(answer, "sites"), *const reasons = json_array();
    for (size_t k = 0; k < json_array_size(sites); k++) {
        const json_t *const site = json_array_get(sites, k);
        const json_t *const finding =
            find_finding(findings, source, json_integer_value(json_object_get(site, "line")));
        if (finding) {
            json_t *const line = line_json(pair, answer, site, finding, number_of(run, "launches"));
            add_reason(reasons, line);
            json_array_append_new(lines, line);
        } else {
            char *const note =
                allocate_text("%s:%lld: nothing is known of this line from the analyser", source,
                              (long long)json_integer_value(json_object_get(site, "line")));
            json_array_append_new(json_object_get(run, "notes"), json_string(note));
            free(note);
        }
    }
    const struct made made = made_of(answer);
    // pointer_walk makes none in its operations.
    if (made.objects > 0) {
        agreement_add(pair, made.objects / made.ops, (made.objects - made.heap_objects) / made.ops,
                      reasons);
    }
    json_decref(reasons);
    json_decref(findings);
    json_decref(answer);
}

json_t *explain_json(json_t *run, const char *worker_path)
{
    json_t *const lines = json_array();
    json_t *const pairs = json_object_get(run, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        json_t *const pair = json_array_get(pairs, i);
        if (strcmp(text_of(pair, "a"), "auto") == 0 || strcmp(text_of(pair, "b"), "auto") == 0) {
            explain_pair(run, pair, worker_path, lines);
        }
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

// ", 31 ns each (29 ns to 33 ns)", where the pair says that; returns the length.
static int print_cost(const struct display *display, const json_t *line, char *text,
                      size_t text_bytes)
{
    const double low = number_of(line, "added_ns_low"), high = number_of(line, "added_ns_high");
    if (!json_object_get(line, "added_ns")) {
        return 0;
    }
    if (low <= 0) {
        return snprintf(text, text_bytes, ", %s than there",
                        high < 0 ? "faster" : "not measurably slower");
    }
    char each[DISPLAY_NUMBER_BYTES], least[DISPLAY_NUMBER_BYTES], most[DISPLAY_NUMBER_BYTES];
    display_duration(display, number_of(line, "added_ns"), each);
    display_duration(display, low, least);
    display_duration(display, high, most);
    return snprintf(text, text_bytes, ", %s each (%s to %s)", each, least, most);
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
        used += print_cost(display, line, text + used, sizeof text - (size_t)used);
        snprintf(text + used, sizeof text - (size_t)used, ", %.0f %% of collector work; because %s",
                 100 * number_of(line, "collector_share"), text_of(line, "because"));
    }
    table_text_wrapped(out, display, text, 4);
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
}
