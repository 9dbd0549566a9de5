// Values are resolved on demand and remembered. Only phis, selects and calls get locations of their
// own; an address computation is its base, a load is one dereference more.
#include "escape/flow.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/call.h"
#include "escape/carry.h"
#include "escape/rule.h"

enum { SMALL_MASK = 4096 };

static const struct graph_flow nothing = {.is_known = true};
static const struct graph_flow unknown = {.is_known = false};

void flow_set(struct analysis_internal *in, LLVMValueRef value, struct graph_flow flow)
{
    if (in->flow_count == in->flow_capacity) {
        in->flow_capacity = in->flow_capacity ? in->flow_capacity * 2 : 1024;
        in->flows = allocate_resized(in->flows, in->flow_capacity * sizeof in->flows[0]);
    }
    in->flows[in->flow_count++] = flow;
    value_map_set(&in->flow_numbers, value, (uint32_t)in->flow_count);
}

void flow_clear(struct analysis_internal *in)
{
    in->flow_count = 0;
    value_map_clear(&in->flow_numbers);
}

static bool is_storage(const struct analysis_internal *in, struct graph_flow address)
{
    return address.location != GRAPH_NONE && address.derefs < 0 &&
           in->graph.locations[address.location].kind == GRAPH_KIND_STORAGE;
}

struct graph_flow flow_load(struct analysis_internal *in, struct graph_flow address,
                            uint64_t size_bytes)
{
    if (address.location == GRAPH_NONE) {
        return unknown;
    }
    if (address.derefs >= 0) {
        return graph_deref(address);
    }
    uint32_t source = address.location;
    if (analysis_is_precise(in) && size_bytes > 0 && is_storage(in, address)) {
        source = graph_field(&in->graph, source, address.offset_bytes, size_bytes, false);
    }
    return (struct graph_flow){
        .location = source,
        .offset_bytes = GRAPH_OFFSET_ANY,
        .narrow = address.narrow,
        .is_known = true,
    };
}

// Whether the address certainly is in memory that a parameter points to, of which a summary says
// what is stored there.
static bool is_behind(const struct analysis_internal *in, struct graph_flow address)
{
    if (!analysis_is_precise(in) || address.location == GRAPH_NONE || address.derefs != 0) {
        return false;
    }
    const struct graph_location *const location = &in->graph.locations[address.location];
    return location->kind == GRAPH_KIND_PARAMETER && location->site == 0 &&
           address.location - in->functions[location->function].first_parameter < TAG_BEHIND_COUNT;
}

uint32_t flow_destination(struct analysis_internal *in, struct graph_flow address,
                          uint64_t size_bytes)
{
    if (is_behind(in, address)) {
        return graph_behind(&in->graph, address.location);
    }
    if (address.location == GRAPH_NONE || address.derefs >= 0) {
        return GRAPH_HEAP;
    }
    if (analysis_is_precise(in) && is_storage(in, address)) {
        const int32_t offset = size_bytes ? address.offset_bytes : GRAPH_OFFSET_ANY;
        return graph_field(&in->graph, address.location, offset, size_bytes, true);
    }
    return address.location;
}

struct graph_flow flow_shift(struct analysis_internal *in, struct graph_flow flow, int derefs)
{
    for (int i = 0; i < derefs && flow.location != GRAPH_NONE; i++) {
        flow = flow_load(in, flow, 0);
    }
    return flow;
}

// A temporary that may hold either.
static struct graph_flow merge(struct analysis_internal *in, struct graph_flow a,
                               struct graph_flow b, LLVMValueRef at)
{
    const bool is_known = a.is_known && b.is_known;
    if (a.location == GRAPH_NONE || b.location == GRAPH_NONE) {
        struct graph_flow one = a.location == GRAPH_NONE ? b : a;
        one.offset_bytes = GRAPH_OFFSET_ANY;
        one.is_known = is_known;
        return one;
    }
    if (a.location == b.location && a.derefs == b.derefs) {
        a.offset_bytes = a.offset_bytes == b.offset_bytes ? a.offset_bytes : GRAPH_OFFSET_ANY;
        a.narrow &= b.narrow;
        a.is_known = is_known;
        return a;
    }
    const uint32_t both = graph_add(&in->graph, GRAPH_KIND_TEMPORARY, in->current, at);
    graph_connect(&in->graph, both, a, GRAPH_WHY_CHOSEN, at, 0);
    graph_connect(&in->graph, both, b, GRAPH_WHY_CHOSEN, at, 0);
    return (struct graph_flow){
        .location = both, .offset_bytes = GRAPH_OFFSET_ANY, .is_known = true};
}

static struct graph_flow merge_operands(struct analysis_internal *in, LLVMValueRef value,
                                        unsigned operand_count)
{
    struct graph_flow flow = nothing;
    for (unsigned i = 0; i < operand_count; i++) {
        const LLVMValueRef operand = LLVMGetOperand(value, i);
        if (carry_type(LLVMTypeOf(operand))) {
            flow = merge(in, flow, flow_of(in, operand), value);
        }
    }
    flow.offset_bytes = GRAPH_OFFSET_ANY;
    return flow;
}

// The constant number of bytes that a GEP adds, or GRAPH_OFFSET_ANY.
static int32_t gep_offset(const struct analysis_internal *in, LLVMValueRef gep)
{
    LLVMTypeRef type = LLVMGetGEPSourceElementType(gep);
    const unsigned count = (unsigned)LLVMGetNumOperands(gep);
    int64_t offset = 0;
    for (unsigned i = 1; i < count; i++) {
        const LLVMValueRef index = LLVMGetOperand(gep, i);
        if (!LLVMIsAConstantInt(index)) {
            return GRAPH_OFFSET_ANY;
        }
        const int64_t number = LLVMConstIntGetSExtValue(index);
        if (i > 1 && LLVMGetTypeKind(type) == LLVMStructTypeKind) {
            offset += (int64_t)LLVMOffsetOfElement(in->target, type, (unsigned)number);
            type = LLVMStructGetTypeAtIndex(type, (unsigned)number);
            continue;
        }
        if (i > 1) {
            type = LLVMGetElementType(type);
        }
        offset += number * (int64_t)LLVMABISizeOfType(in->target, type);
    }
    return offset > INT32_MIN / 2 && offset < INT32_MAX / 2 ? (int32_t)offset : GRAPH_OFFSET_ANY;
}

static struct graph_flow flow_of_gep(struct analysis_internal *in, LLVMValueRef gep)
{
    const LLVMValueRef base = LLVMGetOperand(gep, 0);
    struct graph_flow flow = flow_of(in, base);
    const bool is_number = LLVMIsAConstantPointerNull(base) ||
                           (LLVMIsAConstantExpr(base) && LLVMGetConstOpcode(base) == LLVMIntToPtr);
    if (is_number && rule_on(RULE_PTRTOINT)) {
        // (char *)0 + integer: the integer is the pointer.
        flow = flow_of(in, LLVMGetOperand(gep, 1));
    }
    if (flow.derefs < 0 && flow.offset_bytes != GRAPH_OFFSET_ANY && analysis_is_precise(in)) {
        const int32_t offset = gep_offset(in, gep);
        if (offset != GRAPH_OFFSET_ANY) {
            flow.offset_bytes += offset;
        } else if (rule_on(RULE_FIELD_UNKNOWN)) {
            flow.offset_bytes = GRAPH_OFFSET_ANY;
        }
    }
    return flow;
}

// Whether memory that the address certainly is in can hold a pointer as an integer: storage whose
// own type has no pointer holds one only if it was put there.
static bool is_integer_storage(const struct analysis_internal *in, struct graph_flow address)
{
    if (!is_storage(in, address)) {
        return false;
    }
    if (analysis_is_precise(in)) {
        return address.offset_bytes != GRAPH_OFFSET_ANY;
    }
    const LLVMValueRef value = in->graph.locations[address.location].value;
    return LLVMIsAAllocaInst(value) && !carry_holds_pointer(LLVMGetAllocatedType(value));
}

static struct graph_flow flow_of_load(struct analysis_internal *in, LLVMValueRef load)
{
    const LLVMTypeRef type = LLVMTypeOf(load);
    if (!carry_type(type)) {
        return nothing;
    }
    const struct graph_flow address = flow_of(in, LLVMGetOperand(load, 0));
    const enum carry carry = carry_access(in, load, type);
    const bool is_integer = carry != CARRY_WHOLE && is_integer_storage(in, address);
    if (carry == CARRY_NONE && !(is_integer && rule_on(RULE_UNION))) {
        return nothing;
    }
    struct graph_flow flow = flow_load(in, address, LLVMStoreSizeOfType(in->target, type));
    flow.narrow |= carry != CARRY_WHOLE && !is_integer;
    return flow;
}

static bool is_ptrtoint(LLVMValueRef value)
{
    return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == LLVMPtrToInt;
}

static struct graph_flow flow_of_arithmetic(struct analysis_internal *in, LLVMValueRef value,
                                            LLVMOpcode opcode)
{
    const LLVMValueRef left = LLVMGetOperand(value, 0), right = LLVMGetOperand(value, 1);
    if (!rule_on(RULE_INTEGER)) {
        return nothing;
    }
    if (opcode == LLVMSub && is_ptrtoint(left) && is_ptrtoint(right)) {
        return nothing; // a distance
    }
    // Low bits of the pointer itself; those of a shifted one can be put together again.
    if (opcode == LLVMAnd && LLVMIsAConstantInt(right) &&
        LLVMConstIntGetZExtValue(right) < SMALL_MASK &&
        (is_ptrtoint(left) || !rule_on(RULE_LOW_BITS))) {
        return nothing;
    }
    return merge_operands(in, value, 2);
}

// A location of its own, whose edges the block's visit adds (build.c).
static struct graph_flow flow_of_choice(struct analysis_internal *in, LLVMValueRef value)
{
    if (!carry_type(LLVMTypeOf(value))) {
        return nothing;
    }
    const uint32_t location = graph_add(&in->graph, GRAPH_KIND_TEMPORARY, in->current, value);
    const LLVMBasicBlockRef block = LLVMGetInstructionParent(value);
    if (LLVMGetInstructionOpcode(value) == LLVMPHI &&
        (in->loops.irreducible || loop_tree_is_header(&in->loops, block))) {
        struct graph_location *const phi = graph_at(&in->graph, location);
        const uint32_t depth = loop_tree_depth(&in->loops, block);
        phi->is_root = rule_on(RULE_LOOP_PHI);
        phi->root_depth = in->loops.irreducible || depth == 0 ? 0 : depth - 1;
    }
    return (struct graph_flow){
        .location = location, .offset_bytes = GRAPH_OFFSET_ANY, .is_known = true};
}

static struct graph_flow flow_of_instruction(struct analysis_internal *in, LLVMValueRef value)
{
    const LLVMOpcode opcode = LLVMGetInstructionOpcode(value);
    switch (opcode) {
    case LLVMGetElementPtr:
        return flow_of_gep(in, value);
    case LLVMLoad:
        return flow_of_load(in, value);
    case LLVMPtrToInt:
    case LLVMIntToPtr:
        return rule_on(RULE_PTRTOINT) ? merge_operands(in, value, 1) : nothing;
    case LLVMBitCast:
    case LLVMAddrSpaceCast:
    case LLVMFreeze:
        return flow_of(in, LLVMGetOperand(value, 0));
    case LLVMUIToFP:
    case LLVMSIToFP:
    case LLVMFPToUI:
    case LLVMFPToSI:
        return rule_on(RULE_REAL) ? merge_operands(in, value, 1) : nothing;
    case LLVMTrunc:
    case LLVMZExt:
    case LLVMSExt:
        return carry_type(LLVMTypeOf(value)) ? merge_operands(in, value, 1) : nothing;
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
    case LLVMUDiv:
    case LLVMSDiv:
    case LLVMURem:
    case LLVMSRem:
    case LLVMShl:
    case LLVMLShr:
    case LLVMAShr:
    case LLVMAnd:
    case LLVMOr:
    case LLVMXor:
        return flow_of_arithmetic(in, value, opcode);
    case LLVMPHI:
    case LLVMSelect:
        return flow_of_choice(in, value);
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        return call_result(in, value);
    case LLVMExtractValue:
    case LLVMExtractElement:
        return rule_on(RULE_AGGREGATE) ? merge_operands(in, value, 1) : nothing;
    case LLVMInsertValue:
    case LLVMInsertElement:
    case LLVMShuffleVector:
        return rule_on(RULE_AGGREGATE) ? merge_operands(in, value, 2) : nothing;
    case LLVMAtomicRMW:
    case LLVMAtomicCmpXchg:
        return rule_on(RULE_ATOMIC) ? flow_load(in, flow_of(in, LLVMGetOperand(value, 0)), 0)
                                    : nothing;
    case LLVMAlloca:
        ASSERT(opcode != LLVMAlloca); // build.c has set them all
        return unknown;
    case LLVMVAArg:
        return unknown; // what was passed is on the heap already
    default:
        return nothing; // comparisons, floating point
    }
}

struct graph_flow flow_of(struct analysis_internal *in, LLVMValueRef value)
{
    const uint32_t known = value_map_get(&in->flow_numbers, value);
    if (known) {
        return in->flows[known - 1];
    }
    if (!LLVMIsAInstruction(value)) {
        return nothing; // constants and globals; arguments are set
    }
    const struct graph_flow flow = flow_of_instruction(in, value);
    flow_set(in, value, flow);
    return flow;
}
