// What keeps a pointer is the last edge of its path, the one at the root: it is the reason. The
// solver hands it on while it walks; the whole path is searched only when it is asked for (path.c).
#include "escape/describe.h"

#include "base/assert.h"
#include "escape/call.h"
#include "escape/path.h"

#include <string.h>

static const char *value_name(LLVMValueRef value)
{
    size_t length = 0;
    return value ? LLVMGetValueName2(value, &length) : "";
}

// LLVM's name of a value without the suffix that a pass gave it: "p.0" is p.
static const char *plain_name(struct analysis_internal *in, LLVMValueRef value)
{
    const char *const name = value_name(value);
    const size_t length = strcspn(name, ".");
    if (strncmp(name, "cond", 4) == 0 && (LLVMIsAPHINode(value) || LLVMIsASelectInst(value))) {
        return "the value of ?:";
    }
    return length > 0 ? arena_text(&in->arena, "%.*s", (int)length, name) : "a temporary value";
}

static const char *callee_text(struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    if (LLVMIsAFunction(callee)) {
        return value_name(callee);
    }
    return LLVMIsAInlineAsm(callee) ? "asm" : plain_name(in, callee);
}

static const char *literal_text(struct analysis_internal *in, LLVMValueRef alloca)
{
    const LLVMTypeRef type = LLVMGetAllocatedType(alloca);
    if (LLVMGetTypeKind(type) == LLVMStructTypeKind && LLVMGetStructName(type)) {
        const char *const name = LLVMGetStructName(type);
        const char *const dot = strchr(name, '.');
        if (dot && strncmp(name, "union", 5) == 0) {
            return arena_text(&in->arena, "(union %s){...}", dot + 1);
        }
        return arena_text(&in->arena, "(struct %s){...}", dot ? dot + 1 : name);
    }
    return "(...){...}";
}

const char *describe_site(struct analysis_internal *in, const struct analysis_site *site)
{
    if (site->kind == ANALYSIS_ALLOCATION) {
        return arena_text(&in->arena, "%s(...)", callee_text(in, site->value));
    }
    const struct declare_variable *const variable =
        LLVMIsAArgument(site->value) ? declare_of_parameter(&in->declare, site->value)
                                     : declare_of_storage(&in->declare, site->value);
    if (variable) {
        return variable->name;
    }
    return site->kind == ANALYSIS_LITERAL ? literal_text(in, site->value)
                                          : plain_name(in, site->value);
}

// Of a literal: of the first instruction that writes it.
static struct finding_position first_use(struct analysis_internal *in, LLVMValueRef value)
{
    struct finding_position first = {.file = ""};
    for (LLVMUseRef u = LLVMGetFirstUse(value); u; u = LLVMGetNextUse(u)) {
        const struct finding_position position = declare_position(&in->declare, LLVMGetUser(u));
        if (position.line != 0 &&
            (first.line == 0 || position.line < first.line ||
             (position.line == first.line && position.column < first.column))) {
            first = position;
        }
    }
    return first;
}

struct finding_position describe_position(struct analysis_internal *in,
                                          const struct analysis_site *site)
{
    if (site->kind == ANALYSIS_ALLOCATION) {
        return declare_position(&in->declare, site->value);
    }
    const struct declare_variable *const variable =
        LLVMIsAArgument(site->value) ? declare_of_parameter(&in->declare, site->value)
                                     : declare_of_storage(&in->declare, site->value);
    return variable ? variable->position : first_use(in, site->value);
}

static const char *location_text(struct analysis_internal *in, struct graph *graph, uint32_t index)
{
    const struct graph_location *const location = graph_at(graph, index);
    switch (location->kind) {
    case GRAPH_KIND_HEAP:
        return "the heap";
    case GRAPH_KIND_RESULT:
        return arena_text(&in->arena, "the result of %s", in->functions[location->function].name);
    case GRAPH_KIND_PARAMETER: {
        const struct declare_variable *const variable =
            declare_of_parameter(&in->declare, location->value);
        return variable ? variable->name : plain_name(in, location->value);
    }
    case GRAPH_KIND_BEHIND:
        return arena_text(&in->arena, "*%s", location_text(in, graph, location->owner));
    case GRAPH_KIND_FIELD:
        return location_text(in, graph, location->owner);
    case GRAPH_KIND_STORAGE:
        return describe_site(in, &in->analysis->sites[location->site - 1]);
    default:
        break;
    }
    if (LLVMIsACallInst(location->value)) {
        return arena_text(&in->arena, "the result of %s()", callee_text(in, location->value));
    }
    return plain_name(in, location->value);
}

// The variable whose value an address was computed from: "p" in p->next = x.
static const char *pointer_text(struct analysis_internal *in, LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address) || LLVMIsALoadInst(address)) {
        const LLVMValueRef base = LLVMGetOperand(address, 0);
        if (LLVMIsALoadInst(address) && LLVMIsAGlobalVariable(base)) {
            return value_name(base);
        }
        address = base;
    }
    const struct declare_variable *variable = NULL;
    if (LLVMIsAArgument(address)) {
        variable = declare_of_parameter(&in->declare, address);
    } else if (LLVMIsAAllocaInst(address)) {
        variable = declare_of_storage(&in->declare, address);
    }
    if (!variable && LLVMIsACallInst(address)) {
        return arena_text(&in->arena, "that %s returns", callee_text(in, address));
    }
    return variable ? variable->name : plain_name(in, address);
}

static const char *global_text(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address) || LLVMIsAConstantExpr(address)) {
        address = LLVMGetOperand(address, 0);
    }
    return value_name(address);
}

// Of a function that stores, such as heap_store(), the argument that says where.
static LLVMValueRef store_address(const struct graph_edge *edge)
{
    if (LLVMIsACallInst(edge->at) && !LLVMIsAMemIntrinsic(edge->at)) {
        return LLVMGetOperand(edge->at, edge->argument);
    }
    return LLVMGetOperand(edge->at, LLVMIsAStoreInst(edge->at) ? 1 : 0);
}

static const char *parameter_text(struct analysis_internal *in, LLVMValueRef call, unsigned index)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    if (!LLVMIsAFunction(callee)) {
        return arena_text(&in->arena, "argument %u of a call by pointer", index + 1);
    }
    if (index < LLVMCountParams(callee)) {
        const struct declare_variable *const variable =
            declare_of_parameter(&in->declare, LLVMGetParam(callee, index));
        if (variable) {
            return arena_text(&in->arena, "parameter %s of %s", variable->name, value_name(callee));
        }
    }
    return arena_text(&in->arena, "argument %u of %s", index + 1, value_name(callee));
}

// Whether a location is an object with parts, in which a pointer is captured.
static bool is_compound(struct analysis_internal *in, struct graph *graph, uint32_t index)
{
    const struct graph_location *const location = graph_at(graph, index);
    if (location->kind == GRAPH_KIND_FIELD) {
        return is_compound(in, graph, location->owner);
    }
    if (location->kind != GRAPH_KIND_STORAGE) {
        return false;
    }
    const struct analysis_site *const site = &in->analysis->sites[location->site - 1];
    return site->kind == ANALYSIS_ALLOCATION ||
           (LLVMIsAAllocaInst(site->value) &&
            LLVMGetTypeKind(LLVMGetAllocatedType(site->value)) != LLVMPointerTypeKind);
}

// What keeps the value, as the left side of an assignment.
static const char *destination_text(struct analysis_internal *in, struct graph *graph,
                                    uint32_t destination, const struct graph_edge *edge)
{
    if (destination != GRAPH_HEAP || !edge->at) {
        const char *const text = location_text(in, graph, destination);
        return strchr(text, '(') && is_compound(in, graph, destination)
                   ? arena_text(&in->arena, "*%s", text)
                   : text;
    }
    switch ((enum graph_why)edge->why) {
    case GRAPH_WHY_STORED:
    case GRAPH_WHY_VOLATILE:
        return arena_text(&in->arena, "*%s", pointer_text(in, store_address(edge)));
    case GRAPH_WHY_GLOBAL:
        return global_text(store_address(edge));
    case GRAPH_WHY_PASSED:
    case GRAPH_WHY_UNKNOWN:
    case GRAPH_WHY_POINTER:
    case GRAPH_WHY_VARARGS:
        return parameter_text(in, edge->at, edge->argument);
    case GRAPH_WHY_COPIED:
        return "memory behind a pointer";
    default:
        return "the heap";
    }
}

static const char *edge_reason(struct analysis_internal *in, const struct graph_edge *edge)
{
    switch ((enum graph_why)edge->why) {
    case GRAPH_WHY_ASSIGNED:
        return "assigned";
    case GRAPH_WHY_STORED:
        return arena_text(&in->arena, "stored through the pointer %s",
                          pointer_text(in, store_address(edge)));
    case GRAPH_WHY_GLOBAL:
        return arena_text(&in->arena, "stored in the global variable %s",
                          global_text(store_address(edge)));
    case GRAPH_WHY_RETURNED:
        return "returned";
    case GRAPH_WHY_PASSED:
        return arena_text(&in->arena, "passed to %s", parameter_text(in, edge->at, edge->argument));
    case GRAPH_WHY_UNKNOWN:
        return arena_text(&in->arena, "passed to %s, whose body cannot be seen",
                          callee_text(in, edge->at));
    case GRAPH_WHY_POINTER:
        return "passed to a function that is called by pointer";
    case GRAPH_WHY_VARARGS:
        return arena_text(&in->arena, "passed as a variable argument to %s",
                          callee_text(in, edge->at));
    case GRAPH_WHY_RESULT:
        return arena_text(&in->arena, "returned by %s", callee_text(in, edge->at));
    case GRAPH_WHY_COPIED:
        return "copied with the memory that holds it";
    case GRAPH_WHY_CHOSEN:
        return "one of several values";
    case GRAPH_WHY_PART:
        return "a part of it";
    case GRAPH_WHY_REACHED:
        return "reached from an object that escapes";
    case GRAPH_WHY_TOO_LARGE:
        return "too large for the stack";
    case GRAPH_WHY_SIZE:
        return "size not constant";
    case GRAPH_WHY_ASM:
        return "seen by assembly";
    case GRAPH_WHY_VOLATILE:
        return "stored by a volatile access";
    case GRAPH_WHY_IRREDUCIBLE:
        return "in a loop that is entered by goto";
    case GRAPH_WHY_OTHER:
        break;
    }
    return "reaches an instruction that is not followed";
}

static enum finding_reason reason_of(const struct graph_edge *edge)
{
    switch ((enum graph_why)edge->why) {
    case GRAPH_WHY_STORED:
    case GRAPH_WHY_COPIED:
    case GRAPH_WHY_REACHED:
        return FINDING_REASON_STORED;
    case GRAPH_WHY_GLOBAL:
        return FINDING_REASON_GLOBAL;
    case GRAPH_WHY_PASSED:
        return FINDING_REASON_PASSED;
    case GRAPH_WHY_UNKNOWN:
    case GRAPH_WHY_POINTER:
    case GRAPH_WHY_VARARGS:
        return FINDING_REASON_UNKNOWN;
    case GRAPH_WHY_TOO_LARGE:
        return FINDING_REASON_TOO_LARGE;
    case GRAPH_WHY_SIZE:
        return FINDING_REASON_SIZE;
    case GRAPH_WHY_ASM:
        return FINDING_REASON_ASM;
    case GRAPH_WHY_VOLATILE:
        return FINDING_REASON_VOLATILE;
    case GRAPH_WHY_IRREDUCIBLE:
        return FINDING_REASON_IRREDUCIBLE;
    default:
        return FINDING_REASON_OTHER;
    }
}

static const char *dereferenced(struct analysis_internal *in, int derefs, const char *text)
{
    static const char stars[] = "***************";
    _Static_assert(sizeof stars - 1 >= GRAPH_DEREFS_MAX, "one a dereference");
    if (derefs < 0) {
        return strchr(text, '(') ? text : arena_text(&in->arena, "&%s", text);
    }
    return arena_text(&in->arena, "%.*s%s", derefs, stars, text);
}

static struct finding_position edge_position(struct analysis_internal *in,
                                             const struct graph_edge *edge)
{
    if (!edge->at) {
        return (struct finding_position){.file = ""};
    }
    if (LLVMIsAPHINode(edge->at)) { // stands where paths meet: the value says where it comes from
        const LLVMValueRef value = LLVMGetIncomingValue(edge->at, edge->argument);
        if (LLVMIsAInstruction(value) && LLVMGetDebugLocLine(value) != 0) {
            return declare_position(&in->declare, value);
        }
    }
    return declare_position(&in->declare, edge->at);
}

static void add_steps(struct analysis_internal *in, struct graph *graph, uint32_t root,
                      uint32_t from, int derefs, struct analysis_cause *cause)
{
    struct path path;
    path_find(&path, graph, root, from, derefs);
    cause->steps = arena_zeroed(&in->arena, path.count * sizeof cause->steps[0]);
    for (size_t i = 0; i < path.count; i++) {
        const struct graph_edge *const edge = &graph->edges[path.steps[i].edge];
        const struct finding_position position = edge_position(in, edge);
        if (edge->why == GRAPH_WHY_PART || position.line == 0) {
            continue; // an argument into its parameter, an object into what it is a part of
        }
        cause->steps[cause->step_count++] = (struct finding_step){
            .position = position,
            .words = arena_text(
                &in->arena, "%s = %s", destination_text(in, graph, path.steps[i].destination, edge),
                dereferenced(in, edge->derefs, location_text(in, graph, edge->source))),
            .reason =
                edge->why == GRAPH_WHY_ASSIGNED && is_compound(in, graph, path.steps[i].destination)
                    ? arena_text(&in->arena, "captured in %s",
                                 location_text(in, graph, path.steps[i].destination))
                    : edge_reason(in, edge),
        };
    }
    path_release(&path);
}

struct analysis_cause describe_cause(struct analysis_internal *in, struct graph *graph,
                                     uint32_t root, uint32_t from, int derefs)
{
    ASSERT(graph_at(graph, from)->keeping_edge != 0);
    const struct graph_edge *const edge = &graph->edges[graph_at(graph, from)->keeping_edge];
    const struct graph_location *const keeper = graph_at(graph, root);
    struct analysis_cause cause = {.reason = reason_of(edge)};
    const struct finding_position position = edge_position(in, edge);
    const char *how = edge_reason(in, edge);
    if (edge->why == GRAPH_WHY_REACHED) {
        how = arena_text(&in->arena, "reached from %s, which escapes",
                         location_text(in, graph, edge->source));
    }
    if (keeper->kind == GRAPH_KIND_BEHIND) {
        cause.reason = FINDING_REASON_STORED;
        how = arena_text(&in->arena, "stored in what %s points to",
                         location_text(in, graph, keeper->owner));
    } else if (root != GRAPH_HEAP && !keeper->escapes) {
        cause.reason =
            keeper->kind == GRAPH_KIND_RESULT ? FINDING_REASON_RETURNED : FINDING_REASON_LOOP;
        if (keeper->kind == GRAPH_KIND_RESULT) {
            how = arena_text(&in->arena, "part of what %s returns",
                             in->functions[keeper->function].name);
        } else {
            how = arena_text(&in->arena, "kept by %s beyond the iteration that made it",
                             location_text(in, graph, root));
        }
    }
    cause.because =
        position.line == 0 ? how : arena_text(&in->arena, "%s (line %u)", how, position.line);
    if (in->options.flows) {
        add_steps(in, graph, root, from, derefs, &cause);
    }
    return cause;
}
