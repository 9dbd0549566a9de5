// A callee is, in this order: an intrinsic; a function of the effects table; a function of this
// component, whose parameters and result are locations of the same graph; a function that is
// solved, whose tags say what leaks; or unknown, which keeps everything.
#include "escape/call.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/allocator.h"
#include "escape/build.h"
#include "escape/carry.h"
#include "escape/flow.h"
#include "escape/intrinsic.h"
#include "escape/rule.h"
#include "escape/site.h"
#include "escape/target.h"

#include <string.h>

const struct effects_function *call_effects(const struct analysis_internal *in,
                                            LLVMValueRef function)
{
    size_t length = 0;
    const struct effects_function *const entry =
        effects_find(in->effects, LLVMGetValueName2(function, &length));
    const bool has_body =
        !LLVMIsDeclaration(function) && LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage;
    return has_body && entry && entry->allocator == EFFECTS_NOT_ALLOCATOR ? NULL : entry;
}

static LLVMValueRef direct_callee(LLVMValueRef call)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    return LLVMIsAFunction(callee) ? callee : NULL;
}

static const struct effects_function *allocator_of(struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMValueRef callee = direct_callee(call);
    if (!callee) {
        return NULL;
    }
    const struct effects_function *const entry = call_effects(in, callee);
    if (entry) {
        return entry->allocator == EFFECTS_NOT_ALLOCATOR ? NULL : entry;
    }
    return allocator_by_attributes(in, callee);
}

struct graph_flow call_result(struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMTypeRef type = LLVMTypeOf(call);
    if (LLVMGetTypeKind(type) == LLVMVoidTypeKind || !carry_type(type)) {
        return (struct graph_flow){.is_known = true};
    }
    const LLVMValueRef callee = direct_callee(call);
    if (callee && LLVMGetIntrinsicID(callee) != 0) {
        return intrinsic_result(in, call, LLVMGetIntrinsicID(callee));
    }
    const struct effects_function *const allocator = allocator_of(in, call);
    if (allocator) {
        const LLVMBasicBlockRef block = LLVMGetInstructionParent(call);
        const uint32_t depth =
            analysis_is_precise(in)
                ? loop_tree_depth(&in->loops, block)
                : loop_tree_source_depth(&in->loops, block, LLVMGetDebugLocLine(call),
                                         LLVMGetDebugLocColumn(call));
        const uint32_t storage = site_add(in, call, GRAPH_KIND_STORAGE, depth, allocator);
        return (struct graph_flow){.location = storage, .derefs = -1, .is_known = true};
    }
    const uint32_t result = graph_add(&in->graph, GRAPH_KIND_TEMPORARY, in->current, call);
    graph_at(&in->graph, result)->is_known = false;
    return (struct graph_flow){
        .location = result, .offset_bytes = GRAPH_OFFSET_ANY, .is_known = true};
}

static bool has_attribute(LLVMValueRef call, unsigned argument, unsigned attribute)
{
    return LLVMGetCallSiteEnumAttribute(call, argument + 1, attribute) != NULL;
}

// What an argument is: of a struct passed in memory, its content.
static struct graph_flow argument_flow(struct analysis_internal *in, LLVMValueRef call,
                                       unsigned argument)
{
    const struct graph_flow flow = flow_of(in, LLVMGetOperand(call, argument));
    if (!has_attribute(call, argument, in->attribute_byval)) {
        return flow;
    }
    if (!rule_on(RULE_CALL_BYVAL)) {
        return (struct graph_flow){.is_known = true};
    }
    return flow_load(in, flow, 0);
}

// Where the result of a call goes: its own location, or the memory that the caller provides.
static uint32_t result_location(struct analysis_internal *in, LLVMValueRef call)
{
    if (LLVMGetNumArgOperands(call) > 0 && has_attribute(call, 0, in->attribute_sret)) {
        return flow_destination(in, flow_of(in, LLVMGetOperand(call, 0)), 0);
    }
    const struct graph_flow result = flow_of(in, call);
    return result.derefs < 0 ? (uint32_t)GRAPH_NONE : result.location;
}

static void keep(struct analysis_internal *in, LLVMValueRef call, unsigned argument,
                 enum graph_why why, int derefs)
{
    graph_connect(&in->graph, GRAPH_HEAP, flow_shift(in, argument_flow(in, call, argument), derefs),
                  why, call, argument);
}

static void keep_all(struct analysis_internal *in, LLVMValueRef call, unsigned first,
                     enum graph_why why)
{
    const unsigned count = LLVMGetNumArgOperands(call);
    for (unsigned i = first; i < count; i++) {
        keep(in, call, i, why, 0);
    }
}

static void note_freed(struct analysis_internal *in, LLVMValueRef call, struct graph_flow flow)
{
    const uint32_t freed = graph_add(&in->graph, GRAPH_KIND_FREED, in->current, call);
    graph_connect(&in->graph, freed, flow, GRAPH_WHY_PASSED, call, 0);
}

// What the callee stores behind its parameters goes where the arguments point: into the object that
// one certainly is the address of, behind our own parameter, else to the heap. `call_is_direct`:
// the call's arguments are the callee's.
static void pass_behind(struct analysis_internal *in, LLVMValueRef call, unsigned argument,
                        struct graph_flow flow, const struct analysis_tag *tag, bool call_is_direct)
{
    for (unsigned i = 0; i < 2 * TAG_BEHIND_COUNT; i++) {
        const bool narrow = i >= TAG_BEHIND_COUNT;
        const unsigned target = i % TAG_BEHIND_COUNT;
        const int8_t derefs = narrow ? tag->behind_narrow[target] : tag->behind[target];
        if (derefs == TAG_NONE || !rule_on(RULE_CALL_BEHIND)) {
            continue;
        }
        struct graph_flow value = flow_shift(in, flow, derefs);
        value.narrow |= narrow;
        const uint32_t destination = call_is_direct
                                         ? flow_destination(in, argument_flow(in, call, target), 0)
                                         : (uint32_t)GRAPH_HEAP;
        graph_connect(&in->graph, destination, value, GRAPH_WHY_PASSED, call, argument);
    }
}

static void pass_by_tag(struct analysis_internal *in, LLVMValueRef call, unsigned argument,
                        struct graph_flow flow, const struct analysis_tag *tag, uint32_t result)
{
    if (tag->freed != TAG_NONE) {
        note_freed(in, call, flow_shift(in, flow, tag->freed));
    }
    struct {
        int8_t derefs;
        bool narrow, to_result;
    } const leaks[] = {
        {tag->heap, false, false},
        {tag->heap_narrow, true, false},
        {tag->result, false, true},
        {tag->result_narrow, true, true},
    };
    for (unsigned i = 0; i < sizeof leaks / sizeof leaks[0]; i++) {
        if (leaks[i].derefs == TAG_NONE ||
            !rule_on(leaks[i].to_result ? RULE_CALL_RESULT : RULE_CALL_TAG)) {
            continue;
        }
        struct graph_flow value = flow_shift(in, flow, leaks[i].derefs);
        value.narrow |= leaks[i].narrow;
        graph_connect(&in->graph, leaks[i].to_result ? result : (uint32_t)GRAPH_HEAP, value,
                      leaks[i].to_result ? GRAPH_WHY_RESULT : GRAPH_WHY_PASSED, call, argument);
    }
}

// A function of the program that the library calls. What it returns stays in the library.
static void pass_to_callback(struct analysis_internal *in, LLVMValueRef call,
                             const struct effects_flow *flow, unsigned argument,
                             struct graph_flow value)
{
    const LLVMValueRef callback = flow->to_parameter < LLVMGetNumArgOperands(call)
                                      ? LLVMGetOperand(call, flow->to_parameter)
                                      : NULL;
    const uint32_t number =
        callback && LLVMIsAFunction(callback) ? analysis_number(in, callback) : UINT32_MAX;
    const struct analysis_function *const function =
        number == UINT32_MAX ? NULL : &in->functions[number];
    if (!function || !function->has_body || flow->to_callback >= function->parameter_count) {
        graph_connect(&in->graph, GRAPH_HEAP, value, GRAPH_WHY_POINTER, call, argument);
    } else if (function->component == in->component) {
        graph_connect(&in->graph, function->first_parameter + flow->to_callback, value,
                      GRAPH_WHY_PASSED, call, argument);
    } else {
        const struct analysis_tag *const tag = &function->tags[flow->to_callback];
        pass_by_tag(in, call, argument, value, tag, GRAPH_HEAP);
        pass_behind(in, call, argument, value, tag, false);
    }
}

// One flow of the table: `value` is what argument `a` brings.
static void apply_flow(struct analysis_internal *in, LLVMValueRef call,
                       const struct effects_flow *flow, unsigned a, struct graph_flow value)
{
    const LLVMValueRef other = flow->to_parameter < LLVMGetNumArgOperands(call)
                                   ? LLVMGetOperand(call, flow->to_parameter)
                                   : NULL;
    uint32_t destination = GRAPH_HEAP;
    enum graph_why why = GRAPH_WHY_RESULT;
    unsigned named = a; // the argument that the reason names
    switch ((enum effects_target)flow->target) {
    case EFFECTS_TO_RESULT:
        destination = result_location(in, call);
        break;
    case EFFECTS_TO_PARAMETER:
        if (!other || LLVMIsAConstantPointerNull(other)) {
            return; // nowhere: strtol(text, NULL, 10)
        }
        destination = flow_destination(in, flow_of(in, other), 0);
        why = GRAPH_WHY_ASSIGNED;
        if (destination == GRAPH_HEAP) {
            why = build_global_of(other) ? GRAPH_WHY_GLOBAL : GRAPH_WHY_STORED;
            named = flow->to_parameter;
        }
        break;
    case EFFECTS_TO_CALLBACK:
        pass_to_callback(in, call, flow, a, value);
        return;
    case EFFECTS_TO_HEAP:
        why = GRAPH_WHY_PASSED;
        break;
    }
    graph_connect(&in->graph, destination, value, why, call, named);
}

static void apply_effects(struct analysis_internal *in, LLVMValueRef call,
                          const struct effects_function *effects)
{
    const unsigned count = LLVMGetNumArgOperands(call);
    for (size_t f = 0; f < effects->flow_count; f++) {
        const struct effects_flow *const flow = &effects->flows[f];
        unsigned first = flow->from_parameter, end = first + 1;
        if (flow->from_parameter == EFFECTS_VARARGS) {
            first = LLVMCountParamTypes(LLVMGetCalledFunctionType(call));
            end = count;
        }
        for (unsigned a = first; a < end && a < count; a++) {
            struct graph_flow value = flow_shift(in, argument_flow(in, call, a), flow->from_level);
            value.narrow |= flow->from_level > 0;
            apply_flow(in, call, flow, a, value);
        }
    }
    if (effects->freed_argument < count) {
        note_freed(in, call, flow_of(in, LLVMGetOperand(call, effects->freed_argument)));
    }
    if (effects->allocator == EFFECTS_RESIZES && effects->resized_argument < count) {
        const struct graph_flow old = flow_of(in, LLVMGetOperand(call, effects->resized_argument));
        note_freed(in, call, old);
        if (rule_on(RULE_REALLOC)) {
            struct graph_flow content = flow_load(in, old, 0);
            content.narrow = true;
            graph_connect(&in->graph, flow_destination(in, flow_of(in, call), 0), content,
                          GRAPH_WHY_COPIED, call, effects->resized_argument);
        }
    }
}

// Within a component: what the callee stores behind its parameter is behind the argument.
static void take_behind(struct analysis_internal *in, LLVMValueRef call,
                        const struct analysis_function *callee, unsigned argument)
{
    const uint32_t parameter = callee->first_parameter + argument;
    if (argument < TAG_BEHIND_COUNT && analysis_is_precise(in) && rule_on(RULE_CALL_BEHIND) &&
        graph_at(&in->graph, parameter)->site == 0) {
        const struct graph_flow behind = {.location = graph_behind(&in->graph, parameter),
                                          .offset_bytes = GRAPH_OFFSET_ANY,
                                          .is_known = false};
        const uint32_t destination = flow_destination(in, argument_flow(in, call, argument), 0);
        if (destination != behind.location) {
            graph_connect(&in->graph, destination, behind, GRAPH_WHY_PASSED, call, argument);
        }
    }
}

static void call_body(struct analysis_internal *in, LLVMValueRef call,
                      const struct analysis_function *callee)
{
    const unsigned count = LLVMGetNumArgOperands(call);
    const bool is_together = callee->component == in->component;
    const bool has_sret = count > 0 && has_attribute(call, 0, in->attribute_sret);
    for (unsigned a = has_sret; a < count; a++) {
        if (a >= callee->parameter_count) {
            if (rule_on(RULE_CALL_VARARGS)) {
                keep(in, call, a, GRAPH_WHY_VARARGS, 0);
            }
        } else if (!is_together) {
            const struct graph_flow value = argument_flow(in, call, a);
            pass_by_tag(in, call, a, value, &callee->tags[a], result_location(in, call));
            pass_behind(in, call, a, value, &callee->tags[a], true);
        } else if (rule_on(RULE_CALL_RECURSIVE)) {
            graph_connect(&in->graph, callee->first_parameter + a, argument_flow(in, call, a),
                          GRAPH_WHY_PASSED, call, a);
            take_behind(in, call, callee, a);
        }
    }
    if (has_sret && callee->result_is_kept) {
        graph_connect(&in->graph, GRAPH_HEAP, flow_of(in, LLVMGetOperand(call, 0)),
                      GRAPH_WHY_PASSED, call, 0);
    }
    if (is_together && rule_on(RULE_CALL_RECURSIVE)) {
        graph_connect(&in->graph, result_location(in, call),
                      (struct graph_flow){.location = callee->result, .is_known = false},
                      GRAPH_WHY_RESULT, call, 0);
    }
}

// A function without a body that the table does not know: attributes may say that it does not keep
// a pointer, though it may keep what that points to.
static void call_declared(struct analysis_internal *in, LLVMValueRef call, LLVMValueRef callee)
{
    const unsigned count = LLVMGetNumArgOperands(call);
    const unsigned declared = LLVMCountParams(callee);
    for (unsigned a = 0; a < count; a++) {
        const bool is_kept =
            a >= declared || !LLVMGetEnumAttributeAtIndex(callee, a + 1, in->attribute_nocapture);
        if (rule_on(RULE_CALL_UNKNOWN)) {
            keep(in, call, a, GRAPH_WHY_UNKNOWN, is_kept ? 0 : 1);
        }
        if (a < declared && LLVMGetEnumAttributeAtIndex(callee, a + 1, in->attribute_returned)) {
            graph_connect(&in->graph, result_location(in, call), argument_flow(in, call, a),
                          GRAPH_WHY_RESULT, call, a);
        }
    }
}

static void call_function(struct analysis_internal *in, LLVMValueRef call, LLVMValueRef callee)
{
    const struct effects_function *const effects = call_effects(in, callee);
    if (effects) {
        apply_effects(in, call, effects);
        return;
    }
    const uint32_t number = analysis_number(in, callee);
    if (number != UINT32_MAX && in->functions[number].has_body) {
        call_body(in, call, &in->functions[number]);
    } else if (number != UINT32_MAX) {
        if (rule_on(RULE_CALL_WEAK)) {
            keep_all(in, call, 0, GRAPH_WHY_UNKNOWN);
        }
    } else {
        call_declared(in, call, callee);
    }
}

// A call that must be a tail call runs when the caller's frame is gone, and returns in its place.
static void pass_to_tail(struct analysis_internal *in, LLVMValueRef call)
{
    const unsigned count = LLVMGetNumArgOperands(call);
    for (unsigned a = count > 0 && has_attribute(call, 0, in->attribute_sret); a < count; a++) {
        graph_connect(&in->graph, in->functions[in->current].result, argument_flow(in, call, a),
                      GRAPH_WHY_PASSED, call, a);
    }
}

void call_build(struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMValueRef value = LLVMGetCalledValue(call);
    if (LLVMIsACallInst(call) && LLVMGetTailCallKind(call) == LLVMTailCallKindMustTail &&
        rule_on(RULE_CALL_TAIL)) {
        pass_to_tail(in, call);
    }
    if (LLVMIsAInlineAsm(value)) {
        if (rule_on(RULE_ASM)) {
            keep_all(in, call, 0, GRAPH_WHY_ASM);
        }
        return;
    }
    if (LLVMIsAFunction(value)) {
        if (LLVMGetIntrinsicID(value) != 0) {
            intrinsic_build(in, call, LLVMGetIntrinsicID(value));
        } else {
            call_function(in, call, value);
        }
        return;
    }
    struct target target;
    target_find(in, call, &target);
    if (!target.is_complete) {
        if (rule_on(RULE_CALL_INDIRECT)) {
            keep_all(in, call, 0, GRAPH_WHY_POINTER);
        }
        return;
    }
    for (unsigned i = 0; i < target.count; i++) {
        call_function(in, call, target.functions[i]);
    }
}
