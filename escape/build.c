// Two visits of each function: one makes the storages, because a variable's lifetime marker, which
// says how many loops it is in, may come after a use in the order of blocks; one adds the edges.
#include "escape/build.h"

#include "base/assert.h"
#include "escape/call.h"
#include "escape/carry.h"
#include "escape/flow.h"
#include "escape/placed.h"
#include "escape/rule.h"
#include "escape/site.h"

static void add_parameters(struct analysis_internal *in, uint32_t number)
{
    struct analysis_function *const function = &in->functions[number];
    function->depth_max = 0;
    function->result = graph_add(&in->graph, GRAPH_KIND_RESULT, number, function->value);
    function->first_parameter = in->graph.location_count;
    in->current = number;
    in->loops.irreducible = false;
    uint32_t index = 0;
    for (LLVMValueRef a = LLVMGetFirstParam(function->value); a; a = LLVMGetNextParam(a), index++) {
        const LLVMAttributeIndex at = index + 1;
        if (LLVMGetEnumAttributeAtIndex(function->value, at, in->attribute_byval)) {
            const uint32_t location = site_add(in, a, GRAPH_KIND_PARAMETER, 0, NULL);
            graph_at(&in->graph, location)->is_known = false;
            continue;
        }
        const uint32_t location = graph_add(&in->graph, GRAPH_KIND_PARAMETER, number, a);
        graph_at(&in->graph, location)->is_known = false;
        if (LLVMGetEnumAttributeAtIndex(function->value, at, in->attribute_sret)) {
            // A variable that the result is made in is in the caller's memory, which cannot move.
            site_name(in, a, function->result);
            continue;
        }
        flow_set(in, a,
                 (struct graph_flow){
                     .location = location, .offset_bytes = GRAPH_OFFSET_ANY, .is_known = true});
    }
    ASSERT(index == function->parameter_count);
}

static void lower_to_block(const struct analysis_internal *in, LLVMBasicBlockRef block,
                           uint32_t *first)
{
    const uint32_t number = value_map_get(&in->loops.numbers, block);
    if (number && number < *first) {
        *first = number;
    }
}

// Lowers *first to the number of the block that comes first among those that use the address.
// SROA computes addresses within a variable in the entry block, where the variable does not live
// yet.
static void find_first_block(const struct analysis_internal *in, LLVMValueRef address,
                             uint32_t *first)
{
    for (LLVMUseRef u = LLVMGetFirstUse(address); u; u = LLVMGetNextUse(u)) {
        const LLVMValueRef user = LLVMGetUser(u);
        if (LLVMIsAGetElementPtrInst(user) && rule_on(RULE_LIFETIME)) {
            find_first_block(in, user, first);
            continue;
        }
        if (LLVMIsAPHINode(user) && rule_on(RULE_LIFETIME)) {
            const unsigned count = LLVMCountIncoming(user);
            for (unsigned i = 0; i < count; i++) {
                if (LLVMGetIncomingValue(user, i) == address) {
                    lower_to_block(in, LLVMGetIncomingBlock(user, i), first);
                }
            }
            continue;
        }
        lower_to_block(in, LLVMGetInstructionParent(user), first);
    }
}

// That block: it begins the object's life. NULL: nothing uses it.
static LLVMBasicBlockRef first_block(const struct analysis_internal *in, LLVMValueRef alloca)
{
    uint32_t first = UINT32_MAX;
    find_first_block(in, alloca, &first);
    return first == UINT32_MAX ? NULL : in->loops.blocks[first - 1];
}

static void add_variable(struct analysis_internal *in, LLVMValueRef alloca)
{
    uint32_t depth = loop_tree_depth(&in->loops, LLVMGetInstructionParent(alloca));
    const LLVMBasicBlockRef begin = first_block(in, alloca);
    const uint32_t begin_depth = begin ? loop_tree_depth(&in->loops, begin) : 0;
    depth = begin_depth > depth ? begin_depth : depth;
    const struct declare_variable *const variable = declare_of_storage(&in->declare, alloca);
    if (variable) { // one whose declaration is jumped over has no lifetime marker
        const uint32_t declared =
            analysis_is_precise(in)
                ? loop_tree_depth(&in->loops, variable->block)
                : loop_tree_source_depth(&in->loops, variable->block, variable->position.line,
                                         variable->position.column);
        depth = declared > depth ? declared : depth;
    }
    const uint32_t location = site_add(in, alloca, GRAPH_KIND_STORAGE, depth, NULL);
    const struct analysis_site *const site = &in->analysis->sites[in->analysis->site_count - 1];
    const uint64_t limit_bytes = site->kind == ANALYSIS_LITERAL ? in->options.implicit_bytes_max
                                                                : in->options.explicit_bytes_max;
    if (!analysis_is_precise(in) && site->size_known && site->size_bytes > limit_bytes &&
        rule_on(RULE_SIZE_LARGE)) {
        graph_connect(&in->graph, GRAPH_HEAP,
                      (struct graph_flow){.location = location, .derefs = -1, .is_known = true},
                      GRAPH_WHY_TOO_LARGE, NULL, 0);
    }
    if (analysis_is_precise(in)) {
        placed_variable(in, site, location);
    }
}

static void add_variables(struct analysis_internal *in, LLVMValueRef function)
{
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
            if (LLVMGetInstructionOpcode(i) == LLVMAlloca) {
                add_variable(in, i);
            }
        }
    }
}

static void note_stack_store(struct analysis_internal *in, LLVMValueRef instruction,
                             struct graph_flow address)
{
    if (address.location != GRAPH_NONE && address.derefs < 0 &&
        graph_at(&in->graph, address.location)->site) {
        value_map_set(&in->stack_stores, instruction, graph_at(&in->graph, address.location)->site);
    }
}

LLVMValueRef build_global_of(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address) ||
           (LLVMIsAConstantExpr(address) && LLVMGetConstOpcode(address) == LLVMGetElementPtr)) {
        address = LLVMGetOperand(address, 0);
    }
    return LLVMIsAGlobalVariable(address);
}

static void store(struct analysis_internal *in, LLVMValueRef instruction, LLVMValueRef value,
                  LLVMValueRef pointer)
{
    const struct graph_flow address = flow_of(in, pointer);
    note_stack_store(in, instruction, address);
    const LLVMTypeRef type = LLVMTypeOf(value);
    if (!carry_type(type)) {
        return;
    }
    const struct graph_flow flow = flow_of(in, value);
    if (LLVMGetVolatile(instruction)) {
        if (!rule_on(RULE_VOLATILE)) {
            return;
        }
        graph_connect(&in->graph, GRAPH_HEAP, flow, GRAPH_WHY_VOLATILE, instruction, 0);
    }
    const uint32_t destination =
        flow_destination(in, address, LLVMStoreSizeOfType(in->target, type));
    enum graph_why why = GRAPH_WHY_ASSIGNED;
    if (destination == GRAPH_HEAP) {
        const bool is_global = build_global_of(pointer) != NULL;
        why = is_global ? GRAPH_WHY_GLOBAL : GRAPH_WHY_STORED;
        if (!rule_on(is_global ? RULE_STORE_GLOBAL : RULE_STORE_INDIRECT)) {
            return;
        }
    } else if (graph_at(&in->graph, destination)->kind == GRAPH_KIND_BEHIND) {
        why = GRAPH_WHY_STORED;
        if (!rule_on(RULE_STORE_INDIRECT)) {
            return;
        }
    } else if (graph_at(&in->graph, destination)->kind == GRAPH_KIND_RESULT) {
        why = GRAPH_WHY_RETURNED;
        if (!rule_on(RULE_RETURN_INDIRECT)) {
            return;
        }
    }
    graph_connect(&in->graph, destination, flow, why, instruction, 0);
    // A load of an integer from an object is taken for an integer (carry.c): one that is a pointer
    // must not get there unseen.
    if (destination != GRAPH_HEAP && !flow.narrow && !carry_is_integer_variable(in, address) &&
        carry_access(in, instruction, type) == CARRY_NONE && rule_on(RULE_INTEGER_STORED)) {
        graph_connect(&in->graph, GRAPH_HEAP, flow, GRAPH_WHY_STORED, instruction, 0);
    }
}

static void choose(struct analysis_internal *in, LLVMValueRef value)
{
    const struct graph_flow target = flow_of(in, value);
    if (target.location == GRAPH_NONE || !rule_on(RULE_PHI)) {
        return;
    }
    const bool is_phi = LLVMGetInstructionOpcode(value) == LLVMPHI;
    const unsigned count = is_phi ? LLVMCountIncoming(value) : 2;
    for (unsigned i = 0; i < count; i++) {
        const LLVMValueRef choice =
            is_phi ? LLVMGetIncomingValue(value, i) : LLVMGetOperand(value, i + 1);
        graph_connect(&in->graph, target.location, flow_of(in, choice), GRAPH_WHY_CHOSEN, value, i);
    }
}

static void allocation_limits(struct analysis_internal *in, LLVMValueRef call)
{
    const struct graph_flow flow = flow_of(in, call);
    const uint32_t number = value_map_get(&in->site_numbers, call);
    if (analysis_is_precise(in)) {
        placed_allocation(in, call);
        return;
    }
    if (number == 0) {
        return;
    }
    const struct analysis_site *const site = &in->analysis->sites[number - 1];
    if (!site->size_known) {
        graph_connect(&in->graph, GRAPH_HEAP, flow, GRAPH_WHY_SIZE, call, 0);
    } else if (site->size_known && site->size_bytes > in->options.implicit_bytes_max &&
               rule_on(RULE_SIZE_LARGE)) {
        graph_connect(&in->graph, GRAPH_HEAP, flow, GRAPH_WHY_TOO_LARGE, call, 0);
    }
}

static void keep_operands(struct analysis_internal *in, LLVMValueRef instruction)
{
    const unsigned count = (unsigned)LLVMGetNumOperands(instruction);
    for (unsigned i = 0; i < count && rule_on(RULE_UNKNOWN_INSTRUCTION); i++) {
        const LLVMValueRef operand = LLVMGetOperand(instruction, i);
        if (!LLVMValueIsBasicBlock(operand) && carry_type(LLVMTypeOf(operand))) {
            graph_connect(&in->graph, GRAPH_HEAP, flow_of(in, operand), GRAPH_WHY_OTHER,
                          instruction, i);
        }
    }
}

static void visit(struct analysis_internal *in, LLVMValueRef i)
{
    switch (LLVMGetInstructionOpcode(i)) {
    case LLVMStore:
        store(in, i, LLVMGetOperand(i, 0), LLVMGetOperand(i, 1));
        break;
    case LLVMAtomicRMW:
        if (rule_on(RULE_ATOMIC)) {
            store(in, i, LLVMGetOperand(i, 1), LLVMGetOperand(i, 0));
        }
        break;
    case LLVMAtomicCmpXchg:
        if (rule_on(RULE_ATOMIC)) {
            store(in, i, LLVMGetOperand(i, 2), LLVMGetOperand(i, 0));
        }
        break;
    case LLVMRet:
        if (LLVMGetNumOperands(i) == 1 && carry_type(LLVMTypeOf(LLVMGetOperand(i, 0)))) {
            graph_connect(&in->graph, in->functions[in->current].result,
                          flow_of(in, LLVMGetOperand(i, 0)), GRAPH_WHY_RETURNED, i, 0);
        }
        break;
    case LLVMPHI:
    case LLVMSelect:
        if (carry_type(LLVMTypeOf(i))) {
            choose(in, i);
        }
        break;
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        if (LLVMIsAMemIntrinsic(i)) {
            note_stack_store(in, i, flow_of(in, LLVMGetOperand(i, 0)));
        }
        flow_of(in, i); // an allocation is a site, used or not
        call_build(in, i);
        allocation_limits(in, i);
        break;
    case LLVMResume:
    case LLVMCatchPad:
    case LLVMCleanupPad:
    case LLVMLandingPad:
        keep_operands(in, i);
        break;
    default: // computes a value, which its users ask for
        break;
    }
}

static void add_edges(struct analysis_internal *in, LLVMValueRef function)
{
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
            visit(in, i);
        }
    }
}

// Whether the variable's address goes anywhere: into a call, a store, an address computation.
static bool is_address_passed(LLVMValueRef variable)
{
    for (LLVMUseRef u = LLVMGetFirstUse(variable); u; u = LLVMGetNextUse(u)) {
        const LLVMValueRef user = LLVMGetUser(u);
        const bool is_access = LLVMIsALoadInst(user) || LLVMIsAIntrinsicInst(user) ||
                               (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != variable);
        if (!is_access) {
            return true;
        }
    }
    return false;
}

// An integer variable that is also read through its address: what it holds is taken for an integer
// there.
static void keep_integers(struct analysis_internal *in, uint32_t first_location)
{
    const uint32_t end = in->graph.location_count;
    for (uint32_t i = first_location; i < end && rule_on(RULE_INTEGER_STORED); i++) {
        const struct graph_flow address = {.location = i, .derefs = -1, .is_known = true};
        if (graph_at(&in->graph, i)->kind == GRAPH_KIND_STORAGE &&
            graph_at(&in->graph, i)->first_edge != 0 && carry_is_integer_variable(in, address) &&
            is_address_passed(graph_at(&in->graph, i)->value)) {
            graph_connect(&in->graph, GRAPH_HEAP, flow_load(in, address, 0), GRAPH_WHY_OTHER, NULL,
                          0);
        }
    }
}

// Without objects made in loops, nothing outlives an iteration.
static void drop_roots(struct analysis_internal *in, uint32_t first_location)
{
    if (in->functions[in->current].depth_max > 0) {
        return;
    }
    for (uint32_t i = first_location; i < in->graph.location_count; i++) {
        graph_at(&in->graph, i)->is_root = false;
    }
}

void build_component(struct analysis_internal *in, const uint32_t *functions, uint32_t count)
{
    graph_clear(&in->graph);
    flow_clear(in);
    for (uint32_t f = 0; f < count; f++) {
        add_parameters(in, functions[f]);
    }
    for (uint32_t f = 0; f < count; f++) {
        in->current = functions[f];
        const LLVMValueRef function = in->functions[in->current].value;
        const uint32_t first = in->graph.location_count;
        in->functions[in->current].first_site = in->analysis->site_count;
        loop_tree_fill(&in->loops, function);
        add_variables(in, function);
        add_edges(in, function);
        keep_integers(in, first);
        in->functions[in->current].end_site = in->analysis->site_count;
        drop_roots(in, first);
    }
}
