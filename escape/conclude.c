// Parameters are concluded as they are solved, because callers need them. Placement of allocations
// waits for the end: what free() may be given is known only when every caller is.
#include "escape/conclude.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/carry.h"
#include "escape/describe.h"
#include "escape/freed.h"
#include "escape/rule.h"
#include "escape/solve.h"

static void on_escape(void *context, struct graph *graph, uint32_t root, uint32_t storage)
{
    struct analysis_internal *const in = context;
    const struct graph_location *const location = graph_at(graph, storage);
    if (location->kind == GRAPH_KIND_RESULT) {
        in->functions[location->function].result_is_kept = true;
    }
    ASSERT(location->site != 0);
    struct analysis_site *const site = &in->analysis->sites[location->site - 1];
    ASSERT(!site->escapes);
    site->escapes = true;
    const bool is_address_used = in->causes[location->site - 1].is_address_used;
    in->causes[location->site - 1] = describe_cause(in, graph, root, storage, -1);
    in->causes[location->site - 1].is_address_used = is_address_used;
    site->reason = in->causes[location->site - 1].reason;
}

static bool lower(int8_t *value, int derefs)
{
    if (*value != TAG_NONE && *value <= derefs) {
        return false;
    }
    *value = (int8_t)derefs;
    return true;
}

static void on_leak(void *context, struct graph *graph, uint32_t root, uint32_t parameter,
                    int derefs, bool narrow)
{
    struct analysis_internal *const in = context;
    const struct graph_location *const location = graph_at(graph, parameter);
    const struct graph_location *const sink = graph_at(graph, root);
    struct analysis_function *const function = &in->functions[location->function];
    struct analysis_tag *const tag = &function->tags[parameter - function->first_parameter];
    // What reaches another function's result, or a result that is itself kept, is the heap's.
    const bool to_result =
        sink->kind == GRAPH_KIND_RESULT && !sink->escapes && sink->function == location->function;
    const bool to_behind = sink->kind == GRAPH_KIND_BEHIND && sink->function == location->function;
    int8_t *value = to_result ? (narrow ? &tag->result_narrow : &tag->result)
                              : (narrow ? &tag->heap_narrow : &tag->heap);
    struct analysis_cause *const cause = to_behind   ? &tag->behind_cause
                                         : to_result ? &tag->result_cause
                                                     : &tag->heap_cause;
    if (to_behind) {
        const uint32_t index = sink->owner - function->first_parameter;
        ASSERT(index < TAG_BEHIND_COUNT);
        value = narrow ? &tag->behind_narrow[index] : &tag->behind[index];
    }
    if (lower(value, derefs) && root != parameter) {
        if (!narrow || !cause->because) {
            *cause = describe_cause(in, graph, root, parameter, derefs);
        }
    }
}

void conclude_component(struct analysis_internal *in, const uint32_t *functions, uint32_t count)
{
    for (uint32_t f = 0; f < count; f++) {
        struct analysis_function *const function = &in->functions[functions[f]];
        function->result_is_kept = false; // until it escapes
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            function->tags[p] = analysis_tag_none();
        }
    }
    const struct solve_sink sink = {in, on_escape, on_leak};
    for (uint32_t i = GRAPH_FIRST; i < in->graph.location_count; i++) {
        const struct graph_location *const location = graph_at(&in->graph, i);
        if (location->site) {
            in->causes[location->site - 1].is_address_used = location->is_address_used;
        }
    }
    solve(&in->graph, &sink);
    freed_component(in);
}

static struct finding *add_finding(struct analysis_internal *in)
{
    struct analysis *const analysis = in->analysis;
    analysis->findings =
        allocate_room(analysis->findings, analysis->finding_count, sizeof analysis->findings[0]);
    struct finding *const finding = &analysis->findings[analysis->finding_count++];
    *finding =
        (struct finding){.because = "", .text = "", .function = "", .position = {.file = ""}};
    return finding;
}

static void set_cause(struct finding *finding, const struct analysis_cause *cause)
{
    finding->reason = cause->reason;
    finding->because = cause->because ? cause->because : "";
    finding->steps = cause->steps;
    finding->step_count = cause->step_count;
}

// One parameter of the source: its arguments' tags joined, narrow ones where its type has pointers
// at that depth.
static void join_tag(const struct analysis_internal *in, struct analysis_tag *all,
                     const struct analysis_tag *tag, LLVMMetadataRef type)
{
    const struct {
        int8_t derefs;
        bool narrow;
    } heap[] = {{tag->heap, false}, {tag->heap_narrow, true}},
      result[] = {{tag->result, false}, {tag->result_narrow, true}};
    for (unsigned i = 0; i < 2 * TAG_BEHIND_COUNT; i++) {
        const bool narrow = i >= TAG_BEHIND_COUNT;
        const unsigned target = i % TAG_BEHIND_COUNT;
        const int8_t derefs = narrow ? tag->behind_narrow[target] : tag->behind[target];
        if (derefs != TAG_NONE &&
            (!narrow || declare_holds_pointers(&in->declare, type, (unsigned)derefs)) &&
            lower(&all->behind[target], derefs)) {
            all->behind_cause = tag->behind_cause;
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        if (heap[i].derefs != TAG_NONE &&
            (!heap[i].narrow ||
             declare_holds_pointers(&in->declare, type, (unsigned)heap[i].derefs)) &&
            lower(&all->heap, heap[i].derefs)) {
            all->heap_cause = tag->heap_cause;
        }
        if (result[i].derefs != TAG_NONE &&
            (!result[i].narrow ||
             declare_holds_pointers(&in->declare, type, (unsigned)result[i].derefs)) &&
            lower(&all->result, result[i].derefs)) {
            all->result_cause = tag->result_cause;
        }
    }
}

static struct finding *parameter_finding(struct analysis_internal *in, LLVMValueRef argument,
                                         const struct declare_variable *variable,
                                         const struct analysis_function *function,
                                         enum finding_kind kind)
{
    struct finding *const finding = add_finding(in);
    size_t length = 0;
    finding->kind = kind;
    finding->value = argument;
    finding->function = function->name;
    finding->text = variable ? variable->name : LLVMGetValueName2(argument, &length);
    if (variable) {
        finding->position = variable->position;
    }
    finding->escapes = kind != FINDING_PARAMETER_STAYS;
    return finding;
}

// Whether the parameter's own storage is on the heap.
static bool is_moved(const struct analysis_internal *in, LLVMValueRef argument,
                     const struct declare_variable *variable,
                     const struct analysis_function *function)
{
    const uint32_t in_memory = value_map_get(&in->site_numbers, argument);
    if (in_memory) {
        return in->analysis->sites[in_memory - 1].on_heap;
    }
    for (size_t s = function->first_site; s < function->end_site; s++) {
        const struct analysis_site *const site = &in->analysis->sites[s];
        const struct declare_variable *const other = declare_of_storage(&in->declare, site->value);
        if (site->kind == ANALYSIS_VARIABLE && site->on_heap && other &&
            other->position.line == variable->position.line &&
            other->position.column == variable->position.column) {
            return true;
        }
    }
    return false;
}

static bool is_part(const struct analysis_internal *in, LLVMValueRef part, LLVMValueRef argument)
{
    const struct declare_variable *const variable = declare_of_parameter(&in->declare, argument);
    return part == argument || (variable && declare_of_parameter(&in->declare, part) == variable);
}

// What is stored behind other parameters, unless that is said by what leaks to the heap. What stays
// behind the parameter itself has not gone anywhere.
static bool conclude_behind(struct analysis_internal *in, const struct analysis_function *function,
                            LLVMValueRef argument, const struct analysis_tag *all, int derefs_end)
{
    const struct declare_variable *const variable = declare_of_parameter(&in->declare, argument);
    bool is_found = false;
    for (unsigned i = 0; i < TAG_BEHIND_COUNT && i < function->parameter_count; i++) {
        const LLVMValueRef other = LLVMGetParam(function->value, i);
        if (all->behind[i] == TAG_NONE || all->behind[i] >= derefs_end ||
            is_part(in, other, argument)) {
            continue;
        }
        const struct declare_variable *const named = declare_of_parameter(&in->declare, other);
        size_t length = 0;
        struct finding *const finding =
            parameter_finding(in, argument, variable, function, FINDING_LEAK_BEHIND);
        finding->other = named ? named->name : LLVMGetValueName2(other, &length);
        finding->level = all->behind[i];
        set_cause(finding, &all->behind_cause);
        is_found = true;
    }
    return is_found;
}

static void conclude_parameter(struct analysis_internal *in, struct analysis_function *function,
                               uint32_t index, LLVMValueRef argument)
{
    const struct declare_variable *const variable = declare_of_parameter(&in->declare, argument);
    const LLVMMetadataRef type = variable ? variable->type : NULL;
    struct analysis_tag all = analysis_tag_none();
    bool has_pointers = false;
    LLVMValueRef part = argument;
    for (; part; part = LLVMGetNextParam(part)) {
        has_pointers |= is_part(in, part, argument) && carry_holds_pointer(LLVMTypeOf(part));
    }
    // Of a struct in several registers, the integers are not what is reported, if there are
    // pointers.
    part = argument;
    for (uint32_t p = index; part; part = LLVMGetNextParam(part), p++) {
        if (is_part(in, part, argument) &&
            (!has_pointers || carry_holds_pointer(LLVMTypeOf(part)))) {
            join_tag(in, &all, &function->tags[p], type);
        }
    }
    if (variable) {
        has_pointers = declare_holds_pointers(&in->declare, type, 0);
    }
    if (!has_pointers || (variable && is_moved(in, argument, variable, function))) {
        return; // "moved to heap" says it all, as in Go
    }
    const bool to_heap = all.heap != TAG_NONE;
    const bool to_result = all.result != TAG_NONE && (!to_heap || all.result < all.heap);
    if (to_heap) {
        set_cause(parameter_finding(in, argument, variable, function,
                                    all.heap == 0 ? FINDING_LEAK : FINDING_LEAK_CONTENT),
                  &all.heap_cause);
    }
    if (to_result) {
        struct finding *const finding =
            parameter_finding(in, argument, variable, function, FINDING_LEAK_RESULT);
        finding->level = all.result;
        set_cause(finding, &all.result_cause);
        finding->reason = FINDING_REASON_RETURNED;
    }
    const bool to_content =
        conclude_behind(in, function, argument, &all, to_heap ? all.heap : GRAPH_DEREFS_MAX + 1);
    if (!to_heap && !to_result && !to_content) {
        parameter_finding(in, argument, variable, function, FINDING_PARAMETER_STAYS);
    }
}

static bool is_first_part(const struct analysis_internal *in, LLVMValueRef argument)
{
    const struct declare_variable *const variable = declare_of_parameter(&in->declare, argument);
    for (LLVMValueRef a = variable ? LLVMGetPreviousParam(argument) : NULL; a;
         a = LLVMGetPreviousParam(a)) {
        if (declare_of_parameter(&in->declare, a) == variable) {
            return false;
        }
    }
    return true;
}

static void conclude_parameters(struct analysis_internal *in, struct analysis_function *function)
{
    uint32_t index = 0;
    for (LLVMValueRef a = LLVMGetFirstParam(function->value); a; a = LLVMGetNextParam(a), index++) {
        size_t length = 0;
        LLVMGetValueName2(a, &length);
        const bool is_result =
            LLVMGetEnumAttributeAtIndex(function->value, index + 1, in->attribute_sret) != NULL;
        const bool is_named = declare_of_parameter(&in->declare, a) || length > 0;
        if (!is_result && is_named && is_first_part(in, a)) {
            conclude_parameter(in, function, index, a);
        }
    }
}

// Placement: what the verdict says, or the size, or how the object is freed.
static void place(struct analysis_internal *in, struct analysis_site *site,
                  struct analysis_cause *cause)
{
    if (site->escapes) {
        site->on_heap = true;
        return;
    }
    const bool is_variable = site->kind == ANALYSIS_VARIABLE;
    const uint64_t limit_bytes =
        is_variable ? in->options.explicit_bytes_max : in->options.implicit_bytes_max;
    enum finding_reason reason = FINDING_REASON_NONE;
    if (site->size_known && site->size_bytes > limit_bytes) {
        if (rule_on(RULE_SIZE_LARGE)) {
            reason = FINDING_REASON_TOO_LARGE;
            cause->because =
                arena_text(&in->arena, "%llu bytes, more than %llu",
                           (unsigned long long)site->size_bytes, (unsigned long long)limit_bytes);
        }
    } else if (site->kind == ANALYSIS_ALLOCATION) {
        const uint32_t number = analysis_number(in, site->function);
        if (!site->size_known) {
            reason = FINDING_REASON_SIZE;
        } else if (in->functions[number].returns_twice && rule_on(RULE_SETJMP)) {
            reason = FINDING_REASON_SETJMP;
        }
    }
    if (reason != FINDING_REASON_NONE) {
        site->on_heap = true;
        site->reason = cause->reason = reason;
        if (!cause->because || !cause->because[0]) {
            cause->because = reason == FINDING_REASON_SIZE
                                 ? "its size is not constant"
                                 : "its function calls setjmp() and may return twice";
        }
    }
}

static void conclude_site(struct analysis_internal *in, struct analysis_site *site,
                          const struct analysis_cause *cause)
{
    enum finding_kind kind = FINDING_MOVED;
    if (site->kind != ANALYSIS_VARIABLE) {
        kind = site->escapes ? FINDING_ESCAPES : FINDING_STAYS;
        if (site->kind == ANALYSIS_LITERAL && !cause->is_address_used) {
            return;
        }
    } else if (!site->on_heap) {
        return;
    }
    struct finding *const finding = add_finding(in);
    finding->kind = kind;
    finding->position = describe_position(in, site);
    finding->text = describe_site(in, site);
    finding->function = in->functions[analysis_number(in, site->function)].name;
    finding->escapes = site->escapes;
    finding->on_heap = site->on_heap;
    finding->value = site->value;
    set_cause(finding, cause);
    finding->reason = site->reason;
}

// A library's inline function is a copy of one that is compiled elsewhere.
static bool is_reported(LLVMValueRef function)
{
    return LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage;
}

static int compare(const void *a, const void *b)
{
    return finding_compare(a, b);
}

void conclude_all(struct analysis_internal *in)
{
    struct analysis *const analysis = in->analysis;
    for (size_t s = 0; s < analysis->site_count; s++) {
        place(in, &analysis->sites[s], &in->causes[s]);
    }
    freed_demote(in);
    for (size_t s = 0; s < analysis->site_count; s++) {
        if (is_reported(analysis->sites[s].function)) {
            conclude_site(in, &analysis->sites[s], &in->causes[s]);
        }
    }
    for (uint32_t f = 0; f < in->function_count; f++) {
        if (is_reported(in->functions[f].value)) {
            conclude_parameters(in, &in->functions[f]);
        }
    }
    qsort(analysis->findings, analysis->finding_count, sizeof analysis->findings[0], compare);
    for (size_t i = 0; i < analysis->finding_count; i++) {
        const uint32_t site = value_map_get(&in->site_numbers, analysis->findings[i].value);
        if (site && !LLVMIsAArgument(analysis->findings[i].value)) {
            analysis->sites[site - 1].finding = &analysis->findings[i];
        }
    }
}
