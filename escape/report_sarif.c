// Objects that end on the heap are level "note" with a rule of their own, so that a viewer lists
// them; what stays on the stack is kind "pass" with level "none", which viewers hide by default.
#include "escape/report.h"

#include "base/allocate.h"
#include "base/die.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#ifndef ESCAPEMENT_VERSION
#define ESCAPEMENT_VERSION "unknown"
#endif

enum { MESSAGE_BYTES = 1024 };

static const struct {
    const char *words;
    bool is_pass;
} rules[FINDING_KIND_COUNT] = {
    [FINDING_MOVED] = {"A variable must live on the heap.", false},
    [FINDING_ESCAPES] = {"An allocation must live on the heap.", false},
    [FINDING_STAYS] = {"An allocation could live on the stack.", true},
    [FINDING_LEAK] = {"A pointer parameter is kept after the call.", false},
    [FINDING_LEAK_CONTENT] = {"What a parameter points to is kept after the call.", false},
    [FINDING_LEAK_RESULT] = {"A pointer parameter is part of the result.", false},
    [FINDING_LEAK_BEHIND] = {"A pointer parameter is stored where another one points.", false},
    [FINDING_PARAMETER_STAYS] = {"A pointer parameter is not kept.", true},
};

// A path as a URI (RFC 3986): what a name may not have there is written %XX. New text.
static char *uri_text(const char *path)
{
    static const char plain[] = "-._~!$&'()*+,;=@/"; // beside letters and digits
    const char *const scheme = path[0] == '/' ? "file://" : "";
    char *const uri = allocate_zeroed(strlen(scheme) + 3 * strlen(path) + 1, 1);
    size_t length = (size_t)sprintf(uri, "%s", scheme);
    for (; *path; path++) {
        const unsigned char byte = (unsigned char)*path;
        const bool is_plain = (byte < 0x80 && isalnum(byte)) || strchr(plain, byte);
        length += (size_t)sprintf(uri + length, is_plain ? "%c" : "%%%02X", byte);
    }
    return uri;
}

static json_t *location(const struct finding_position *position)
{
    if (!position->file[0]) {
        return json_object();
    }
    char *const uri = uri_text(position->file);
    json_t *const physical = json_pack("{s:{s:s}}", "artifactLocation", "uri", uri);
    free(uri);
    if (position->line > 0) {
        json_t *const region = json_pack("{s:i}", "startLine", (int)position->line);
        if (position->column > 0) {
            json_object_set_new(region, "startColumn", json_integer(position->column));
        }
        json_object_set_new(physical, "region", region);
    }
    return json_pack("{s:o}", "physicalLocation", physical);
}

static json_t *flow(const struct finding *finding)
{
    json_t *const locations = json_array();
    for (size_t i = 0; i < finding->step_count; i++) {
        json_t *const at = location(&finding->steps[i].position);
        json_object_set_new(at, "message", json_pack("{s:s}", "text", finding->steps[i].words));
        json_array_append_new(locations, json_pack("{s:o}", "location", at));
    }
    return json_pack("[{s:[{s:o}]}]", "threadFlows", "locations", locations);
}

static json_t *result(const struct finding *finding)
{
    char message[MESSAGE_BYTES];
    const int length = finding_message(finding, message, sizeof message);
    if (finding->because[0] && length > 0 && (size_t)length < sizeof message) {
        snprintf(message + length, sizeof message - (size_t)length, ": %s", finding->because);
    }
    const bool is_pass = rules[finding->kind].is_pass;
    json_t *const object =
        json_pack("{s:s, s:i, s:s, s:s, s:{s:s}, s:[o]}", "ruleId",
                  finding_kind_name(finding->kind), "ruleIndex", (int)finding->kind, "kind",
                  is_pass ? "pass" : "fail", "level", is_pass ? "none" : "note", "message", "text",
                  message, "locations", location(&finding->position));
    if (finding->step_count > 0) {
        json_object_set_new(object, "codeFlows", flow(finding));
    }
    json_t *const properties = json_pack(
        "{s:s, s:b}", "reason", finding_reason_name(finding->reason), "escapes", finding->escapes);
    if (finding->kind <= FINDING_STAYS) { // a parameter is no object
        json_object_set_new(properties, "placement",
                            json_string(finding->on_heap ? "heap" : "stack"));
    }
    json_object_set_new(object, "properties", properties);
    return object;
}

static json_t *rule_list(void)
{
    json_t *const list = json_array();
    for (int kind = 0; kind < FINDING_KIND_COUNT; kind++) {
        json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:{s:s}}", "id",
                                              finding_kind_name(kind), "shortDescription", "text",
                                              rules[kind].words, "defaultConfiguration", "level",
                                              rules[kind].is_pass ? "none" : "note"));
    }
    return list;
}

void report_sarif(const struct report *report, FILE *out)
{
    json_t *const results = json_array();
    for (size_t i = 0; i < report->finding_count; i++) {
        json_array_append_new(results, result(report->findings[i]));
    }
    json_t *const root = json_pack(
        "{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}", "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version", "2.1.0", "runs", "tool", "driver", "name", "escape", "version",
        ESCAPEMENT_VERSION, "rules", rule_list(), "columnKind", "utf16CodeUnits", "results",
        results);
    if (!root || json_dumpf(root, out, JSON_INDENT(2)) != 0) {
        die("cannot write SARIF");
    }
    fputc('\n', out);
    json_decref(root);
}
