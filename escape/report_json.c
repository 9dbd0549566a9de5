#include "escape/report.h"

#include "base/die.h"

#include <jansson.h>
#include <llvm/Config/llvm-config.h>

#ifndef ESCAPEMENT_VERSION
#define ESCAPEMENT_VERSION "unknown"
#endif

enum { MESSAGE_BYTES = 1024 };

static void set_position(json_t *object, const struct finding_position *position)
{
    json_object_set_new(object, "file", json_string(position->file));
    json_object_set_new(object, "line", json_integer(position->line));
    json_object_set_new(object, "column", json_integer(position->column));
}

static json_t *flow_json(const struct finding *finding)
{
    json_t *const flow = json_array();
    for (size_t i = 0; i < finding->step_count; i++) {
        json_t *const step = json_object();
        set_position(step, &finding->steps[i].position);
        json_object_set_new(step, "step", json_string(finding->steps[i].words));
        json_object_set_new(step, "reason", json_string(finding->steps[i].reason));
        json_array_append_new(flow, step);
    }
    return flow;
}

static json_t *finding_json(const struct finding *finding)
{
    char message[MESSAGE_BYTES];
    finding_message(finding, message, sizeof message);
    json_t *const object = json_object();
    set_position(object, &finding->position);
    json_object_set_new(object, "kind", json_string(finding_kind_name(finding->kind)));
    json_object_set_new(object, "message", json_string(message));
    json_object_set_new(object, "name", json_string(finding->text));
    json_object_set_new(object, "function", json_string(finding->function));
    if (finding->kind == FINDING_LEAK_RESULT || finding->kind == FINDING_LEAK_BEHIND) {
        json_object_set_new(object, "level", json_integer(finding->level));
    }
    if (finding->other) {
        json_object_set_new(object, "content_of", json_string(finding->other));
    }
    json_object_set_new(object, "escapes", json_boolean(finding->escapes));
    if (finding->kind <= FINDING_STAYS) { // a parameter is no object
        json_object_set_new(object, "placement", json_string(finding->on_heap ? "heap" : "stack"));
    }
    json_object_set_new(object, "reason", json_string(finding_reason_name(finding->reason)));
    json_object_set_new(object, "because", json_string(finding->because));
    if (finding->step_count > 0) {
        json_object_set_new(object, "flow", flow_json(finding));
    }
    return object;
}

void report_json(const struct report *report, FILE *out)
{
    json_t *const root = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I}", "format", 1, "tool", "escape",
                                   "version", ESCAPEMENT_VERSION, "llvm", LLVM_VERSION_STRING,
                                   "mode", report->is_go_mode ? "go" : "precise", "functions",
                                   (json_int_t)report->function_count);
    json_t *const findings = json_array();
    for (size_t i = 0; i < report->finding_count; i++) {
        json_array_append_new(findings, finding_json(report->findings[i]));
    }
    json_object_set_new(root, "findings", findings);
    if (json_dumpf(root, out, JSON_INDENT(2)) != 0) {
        die("cannot write JSON");
    }
    fputc('\n', out);
    json_decref(root);
}
