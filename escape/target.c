// Follows a called value backwards through casts, phis, selects, local variables that are only
// loaded and stored, and constant global variables. Anything else makes the set incomplete.
#include "escape/target.h"

#include "base/assert.h"
#include "escape/rule.h"

enum { DEPTH_MAX = 8, STORE_COUNT_MAX = 32 };

static void follow(const struct analysis_internal *in, LLVMValueRef value, struct target *target,
                   unsigned depth);

static void add(struct target *target, LLVMValueRef function)
{
    for (unsigned i = 0; i < target->count; i++) {
        if (target->functions[i] == function) {
            return;
        }
    }
    if (target->count == TARGET_COUNT_MAX) {
        target->is_complete = false;
        return;
    }
    target->functions[target->count++] = function;
}

// Every function in a constant: which element is read does not matter then.
static void follow_constant(LLVMValueRef constant, struct target *target, unsigned depth)
{
    if (depth > DEPTH_MAX) {
        target->is_complete = false;
    } else if (LLVMIsAFunction(constant)) {
        add(target, constant);
    } else if (LLVMIsAConstantStruct(constant) || LLVMIsAConstantArray(constant)) {
        const unsigned count = (unsigned)LLVMGetNumOperands(constant);
        for (unsigned i = 0; i < count; i++) {
            follow_constant(LLVMGetOperand(constant, i), target, depth + 1);
        }
    } else if (LLVMIsAGlobalAlias(constant) || LLVMIsAConstantExpr(constant)) {
        target->is_complete = false;
    }
    // Data and null pointers are not called.
}

static LLVMValueRef constant_base(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address) ||
           (LLVMIsAConstantExpr(address) && LLVMGetConstOpcode(address) == LLVMGetElementPtr)) {
        address = LLVMGetOperand(address, 0);
    }
    return address;
}

// Whether the linker puts this initializer into the program and nobody can change it there.
static bool is_lasting(LLVMValueRef global)
{
    const LLVMLinkage linkage = LLVMGetLinkage(global);
    return LLVMIsGlobalConstant(global) && LLVMGetInitializer(global) &&
           (linkage == LLVMExternalLinkage || linkage == LLVMInternalLinkage ||
            linkage == LLVMPrivateLinkage);
}

// A local variable: all that is stored in it, if it is only loaded and stored.
static void follow_variable(const struct analysis_internal *in, LLVMValueRef variable,
                            struct target *target, unsigned depth)
{
    LLVMValueRef stored[STORE_COUNT_MAX];
    unsigned count = 0;
    for (LLVMUseRef u = LLVMGetFirstUse(variable); u; u = LLVMGetNextUse(u)) {
        const LLVMValueRef user = LLVMGetUser(u);
        const LLVMOpcode opcode = LLVMGetInstructionOpcode(user);
        if (opcode == LLVMStore && LLVMGetOperand(user, 1) == variable &&
            LLVMGetOperand(user, 0) != variable && count < STORE_COUNT_MAX) {
            stored[count++] = LLVMGetOperand(user, 0);
        } else if (opcode == LLVMCall && LLVMIsAFunction(LLVMGetCalledValue(user)) &&
                   LLVMGetIntrinsicID(LLVMGetCalledValue(user)) != 0 &&
                   LLVMGetTypeKind(LLVMTypeOf(user)) == LLVMVoidTypeKind &&
                   LLVMGetNumArgOperands(user) == 2) {
            continue; // a lifetime marker
        } else if (opcode != LLVMLoad) {
            target->is_complete = false;
            return;
        }
    }
    if (!analysis_is_precise(in) && count != 1) {
        target->is_complete = false;
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        follow(in, stored[i], target, depth + 1);
    }
}

static void follow_load(const struct analysis_internal *in, LLVMValueRef load,
                        struct target *target, unsigned depth)
{
    const LLVMValueRef address = LLVMGetOperand(load, 0);
    if (LLVMIsAAllocaInst(address)) {
        follow_variable(in, address, target, depth);
        return;
    }
    const LLVMValueRef global = constant_base(address);
    const bool can_change =
        !LLVMIsAGlobalVariable(global) || !is_lasting(global) || LLVMGetVolatile(load);
    if (analysis_is_precise(in) && (!can_change || !rule_on(RULE_CALL_TABLE))) {
        follow_constant(LLVMGetInitializer(global), target, 0);
        return;
    }
    target->is_complete = false;
}

static void follow(const struct analysis_internal *in, LLVMValueRef value, struct target *target,
                   unsigned depth)
{
    if (depth > DEPTH_MAX) {
        target->is_complete = false;
        return;
    }
    if (LLVMIsAFunction(value)) {
        add(target, value);
        return;
    }
    if (LLVMIsAConstantPointerNull(value) || LLVMIsUndef(value)) {
        return;
    }
    if (!LLVMIsAInstruction(value)) {
        target->is_complete = false;
        return;
    }
    const LLVMOpcode opcode = LLVMGetInstructionOpcode(value);
    if (opcode == LLVMLoad) {
        follow_load(in, value, target, depth);
    } else if (opcode == LLVMBitCast || opcode == LLVMFreeze) {
        follow(in, LLVMGetOperand(value, 0), target, depth + 1);
    } else if (opcode == LLVMSelect && analysis_is_precise(in)) {
        follow(in, LLVMGetOperand(value, 1), target, depth + 1);
        follow(in, LLVMGetOperand(value, 2), target, depth + 1);
    } else if (opcode == LLVMPHI && analysis_is_precise(in)) {
        const unsigned count = LLVMCountIncoming(value);
        for (unsigned i = 0; i < count; i++) {
            if (LLVMGetIncomingValue(value, i) != value) {
                follow(in, LLVMGetIncomingValue(value, i), target, depth + 1);
            }
        }
    } else {
        target->is_complete = false;
    }
}

void target_find(const struct analysis_internal *in, LLVMValueRef call, struct target *target)
{
    *target = (struct target){.is_complete = true};
    follow(in, LLVMGetCalledValue(call), target, 0);
    if (target->count == 0) {
        target->is_complete = false;
    }
}
