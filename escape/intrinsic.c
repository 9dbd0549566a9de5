// An intrinsic that is not named here is taken by what it may do: one that does not write memory
// that others see passes its operands to its result; any other keeps them.
#include "escape/intrinsic.h"

#include "escape/carry.h"
#include "escape/flow.h"
#include "escape/rule.h"

#include <string.h>

enum handling {
    HANDLING_IGNORE = 1, // computes nothing of its pointers
    HANDLING_PASS,       // the result is made of the operands
    HANDLING_FIRST,      // the result is the first operand
    HANDLING_COPY,       // memcpy, memmove
    HANDLING_KEEP,
};

static const struct {
    const char *prefix;
    enum handling handling;
} rows[] = {
    {"llvm.dbg.", HANDLING_IGNORE},
    {"llvm.lifetime.", HANDLING_IGNORE},
    {"llvm.memset.", HANDLING_IGNORE},
    {"llvm.memcpy.", HANDLING_COPY},
    {"llvm.memmove.", HANDLING_COPY},
    {"llvm.va_", HANDLING_IGNORE}, // variable arguments are on the heap when they are passed
    {"llvm.stacksave", HANDLING_IGNORE},
    {"llvm.stackrestore", HANDLING_IGNORE},
    {"llvm.objectsize", HANDLING_IGNORE},
    {"llvm.is.constant", HANDLING_IGNORE},
    {"llvm.assume", HANDLING_IGNORE},
    {"llvm.trap", HANDLING_IGNORE},
    {"llvm.debugtrap", HANDLING_IGNORE},
    {"llvm.prefetch", HANDLING_IGNORE},
    {"llvm.donothing", HANDLING_IGNORE},
    {"llvm.invariant.", HANDLING_IGNORE},
    {"llvm.experimental.noalias", HANDLING_IGNORE},
    {"llvm.frameaddress", HANDLING_IGNORE},
    {"llvm.returnaddress", HANDLING_IGNORE},
    {"llvm.eh.", HANDLING_KEEP},
    {"llvm.expect", HANDLING_FIRST},
    {"llvm.launder", HANDLING_FIRST},
    {"llvm.strip", HANDLING_FIRST},
    {"llvm.ptr.annotation", HANDLING_FIRST},
    {"llvm.annotation", HANDLING_FIRST},
    {"llvm.var.annotation", HANDLING_IGNORE},
    {"llvm.ptrmask", HANDLING_FIRST},
    {"llvm.threadlocal.address", HANDLING_IGNORE},
    // Results that say nothing of where a pointer points.
    {"llvm.ctlz", HANDLING_IGNORE},
    {"llvm.cttz", HANDLING_IGNORE},
    {"llvm.ctpop", HANDLING_IGNORE},
    // Floating point.
    {"llvm.fabs", HANDLING_IGNORE},
    {"llvm.sqrt", HANDLING_IGNORE},
    {"llvm.fmuladd", HANDLING_IGNORE},
    {"llvm.fma", HANDLING_IGNORE},
    {"llvm.floor", HANDLING_IGNORE},
    {"llvm.ceil", HANDLING_IGNORE},
    {"llvm.trunc", HANDLING_IGNORE},
    {"llvm.rint", HANDLING_IGNORE},
    {"llvm.round", HANDLING_IGNORE},
    {"llvm.copysign", HANDLING_IGNORE},
    {"llvm.maxnum", HANDLING_IGNORE},
    {"llvm.minnum", HANDLING_IGNORE},
    {"llvm.pow", HANDLING_IGNORE},
    {"llvm.exp.", HANDLING_IGNORE},
    {"llvm.exp2.", HANDLING_IGNORE},
    {"llvm.exp10.", HANDLING_IGNORE},
    {"llvm.log", HANDLING_IGNORE},
    {"llvm.sin", HANDLING_IGNORE},
    {"llvm.cos", HANDLING_IGNORE},
    {"llvm.is.fpclass", HANDLING_IGNORE},
    // Integers, which may be made of pointers.
    {"llvm.bswap", HANDLING_PASS},
    {"llvm.bitreverse", HANDLING_PASS},
    {"llvm.fsh", HANDLING_PASS},
    {"llvm.umax", HANDLING_PASS},
    {"llvm.umin", HANDLING_PASS},
    {"llvm.smax", HANDLING_PASS},
    {"llvm.smin", HANDLING_PASS},
    {"llvm.abs", HANDLING_PASS},
    {"llvm.uadd", HANDLING_PASS},
    {"llvm.sadd", HANDLING_PASS},
    {"llvm.usub", HANDLING_PASS},
    {"llvm.ssub", HANDLING_PASS},
    {"llvm.umul", HANDLING_PASS},
    {"llvm.smul", HANDLING_PASS},
};

// Remembered by number: names are compared once.
static enum handling handling_of(struct analysis_internal *in, LLVMValueRef callee)
{
    const uint32_t known = value_map_get(&in->access_classes, callee);
    if (known) {
        return (enum handling)known;
    }
    size_t length = 0;
    const char *const name = LLVMGetValueName2(callee, &length);
    enum handling handling = HANDLING_KEEP;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strncmp(name, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
            handling = rows[i].handling;
            break;
        }
    }
    value_map_set(&in->access_classes, callee, handling);
    return handling;
}

struct graph_flow intrinsic_result(struct analysis_internal *in, LLVMValueRef call, unsigned id)
{
    (void)id;
    struct graph_flow flow = {.is_known = true};
    switch (handling_of(in, LLVMGetCalledValue(call))) {
    case HANDLING_FIRST:
        return flow_of(in, LLVMGetOperand(call, 0));
    case HANDLING_PASS:
        if (rule_on(RULE_INTEGER)) {
            const uint32_t result = graph_add(&in->graph, GRAPH_KIND_TEMPORARY, in->current, call);
            const unsigned count = LLVMGetNumArgOperands(call);
            for (unsigned a = 0; a < count; a++) {
                graph_connect(&in->graph, result, flow_of(in, LLVMGetOperand(call, a)),
                              GRAPH_WHY_ASSIGNED, call, a);
            }
            flow = (struct graph_flow){
                .location = result, .offset_bytes = GRAPH_OFFSET_ANY, .is_known = true};
        }
        return flow;
    case HANDLING_IGNORE:
        return flow;
    case HANDLING_COPY:
    case HANDLING_KEEP:
        break;
    }
    flow.is_known = false;
    return flow;
}

// Whether the memory at the address is a variable whose type has a pointer.
static bool is_pointer_variable(const struct analysis_internal *in, struct graph_flow address)
{
    if (address.location == GRAPH_NONE || address.derefs >= 0) {
        return false;
    }
    const LLVMValueRef value = in->graph.locations[address.location].value;
    return value && LLVMIsAAllocaInst(value) && carry_holds_pointer(LLVMGetAllocatedType(value));
}

// Word by word between two objects that are known, so that their fields stay apart.
static bool copy_words(struct analysis_internal *in, LLVMValueRef call, struct graph_flow to,
                       struct graph_flow from, bool narrow)
{
    enum { WORD_BYTES = 8, WORDS_MAX = 16 };
    const LLVMValueRef length = LLVMGetOperand(call, 2);
    if (!analysis_is_precise(in) || !LLVMIsAConstantInt(length) || to.derefs >= 0 ||
        from.derefs >= 0 || to.offset_bytes < 0 || from.offset_bytes < 0 ||
        to.offset_bytes % WORD_BYTES || from.offset_bytes % WORD_BYTES ||
        graph_at(&in->graph, to.location)->kind != GRAPH_KIND_STORAGE ||
        graph_at(&in->graph, from.location)->kind != GRAPH_KIND_STORAGE) {
        return false;
    }
    const uint64_t size_bytes = LLVMConstIntGetZExtValue(length);
    if (size_bytes > WORDS_MAX * WORD_BYTES) {
        return false;
    }
    for (uint64_t at = 0; at < size_bytes; at += WORD_BYTES) {
        const uint64_t left = size_bytes - at;
        const uint64_t part = left < WORD_BYTES ? left : WORD_BYTES;
        struct graph_flow source = from, target = to;
        source.offset_bytes += (int32_t)at;
        target.offset_bytes += (int32_t)at;
        struct graph_flow value = flow_load(in, source, part);
        value.narrow |= narrow;
        graph_connect(&in->graph, flow_destination(in, target, part), value, GRAPH_WHY_COPIED, call,
                      1);
    }
    return true;
}

static void copy(struct analysis_internal *in, LLVMValueRef call)
{
    const struct graph_flow to = flow_of(in, LLVMGetOperand(call, 0));
    const struct graph_flow from = flow_of(in, LLVMGetOperand(call, 1));
    enum carry carry = carry_copy(in, call);
    if (carry == CARRY_NARROW && !LLVMGetMetadata(call, in->kind_tbaa_struct) &&
        (is_pointer_variable(in, to) || is_pointer_variable(in, from))) {
        carry = CARRY_WHOLE;
    }
    if (carry == CARRY_NONE || !rule_on(RULE_COPY)) {
        return;
    }
    const bool narrow = carry == CARRY_NARROW;
    if (to.location != GRAPH_NONE && from.location != GRAPH_NONE &&
        copy_words(in, call, to, from, narrow)) {
        return;
    }
    const uint32_t destination = flow_destination(in, to, 0);
    if (destination == GRAPH_HEAP && !rule_on(RULE_COPY_INDIRECT)) {
        return;
    }
    struct graph_flow content = flow_load(in, from, 0);
    content.narrow |= narrow;
    if (carry_is_integer_variable(in, from) && rule_on(RULE_INTEGER_STORED)) {
        graph_connect(&in->graph, GRAPH_HEAP, content, GRAPH_WHY_COPIED, call, 1);
    }
    graph_connect(&in->graph, destination, content, GRAPH_WHY_COPIED, call, 1);
}

void intrinsic_build(struct analysis_internal *in, LLVMValueRef call, unsigned id)
{
    (void)id;
    const enum handling handling = handling_of(in, LLVMGetCalledValue(call));
    if (handling == HANDLING_COPY) {
        copy(in, call);
    } else if (handling == HANDLING_KEEP && rule_on(RULE_UNKNOWN_INSTRUCTION)) {
        const unsigned count = LLVMGetNumArgOperands(call);
        for (unsigned a = 0; a < count; a++) {
            const LLVMValueRef operand = LLVMGetOperand(call, a);
            if (carry_type(LLVMTypeOf(operand))) {
                graph_connect(&in->graph, GRAPH_HEAP, flow_of(in, operand), GRAPH_WHY_OTHER, call,
                              a);
            }
        }
    }
}
