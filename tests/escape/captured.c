// Each use of a pointer that LLVM's CaptureTracking stops at is looked at; what it passes over is
// passed over here.
#include "tests/escape/captured.h"

#include "base/allocate.h"

#include <stdint.h>
#include <stdlib.h>

const char *const captured_names[CAPTURED_COUNT] = {
    [CAPTURED_NONE] = "-",
    [CAPTURED_COMPARED] = "compared",
    [CAPTURED_DIFFERENCE] = "difference",
    [CAPTURED_INTEGER] = "integer",
    [CAPTURED_VOLATILE] = "volatile",
    [CAPTURED_LOCAL] = "local",
    [CAPTURED_BEHIND] = "behind",
    [CAPTURED_RESULT] = "result",
    [CAPTURED_LIBRARY] = "library",
    [CAPTURED_RECURSION] = "recursion",
    [CAPTURED_USES] = "uses",
    [CAPTURED_PASSES] = "passes",
    [CAPTURED_UNEXPLAINED] = "unexplained",
};

static unsigned nocapture_kind(void)
{
    static const char name[] = "nocapture";
    return LLVMGetEnumAttributeKindForName(name, sizeof name - 1);
}

static int by_value(const void *a, const void *b)
{
    const uintptr_t left = (uintptr_t)((const struct captured_parameter *)a)->llvms;
    const uintptr_t right = (uintptr_t)((const struct captured_parameter *)b)->llvms;
    return (left > right) - (left < right);
}

void captured_sort(struct captured_program *program)
{
    qsort(program->parameters, program->count, sizeof program->parameters[0], by_value);
}

struct captured_parameter *captured_find(const struct captured_program *program,
                                         LLVMValueRef argument)
{
    const struct captured_parameter key = {.llvms = argument};
    return bsearch(&key, program->parameters, program->count, sizeof key, by_value);
}

bool captured_is_none(LLVMValueRef function, unsigned index)
{
    return LLVMGetEnumAttributeAtIndex(function, index + 1, nocapture_kind()) != NULL;
}

static bool call_has_nocapture(LLVMValueRef call, unsigned index)
{
    return LLVMGetCallSiteEnumAttribute(call, index + 1, nocapture_kind()) != NULL;
}

static uint64_t bit(enum captured_class kind)
{
    return 1u << kind;
}

static const struct captured_program *asked; // by captured_why()
static LLVMValueRef unexplained_at;          // the use that its answer has no class for

static uint64_t unexplained(LLVMValueRef use)
{
    unexplained_at = use;
    return bit(CAPTURED_UNEXPLAINED);
}

static uint64_t walk_parameter(struct captured_parameter *parameter);

// What becomes of an integer made from the pointer: a difference, a test, or something else.
static uint64_t walk_integer(LLVMValueRef integer)
{
    uint64_t classes = 0;
    for (LLVMUseRef use = LLVMGetFirstUse(integer); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        const LLVMOpcode opcode = LLVMGetInstructionOpcode(user);
        if (opcode == LLVMSub && LLVMIsAPtrToIntInst(LLVMGetOperand(user, 0)) &&
            LLVMIsAPtrToIntInst(LLVMGetOperand(user, 1))) {
            classes |= bit(CAPTURED_DIFFERENCE);
        } else if (opcode == LLVMICmp || opcode == LLVMURem) {
            classes |= bit(CAPTURED_INTEGER);
        } else if (opcode == LLVMAnd || opcode == LLVMTrunc || opcode == LLVMOr ||
                   opcode == LLVMXor || opcode == LLVMAdd || opcode == LLVMLShr) {
            classes |= walk_integer(user);
        } else {
            classes |= unexplained(user);
        }
    }
    return classes ? classes : bit(CAPTURED_INTEGER);
}

// Values that the walk of one parameter has been at: phis make cycles, and paths are many.
struct visited {
    LLVMValueRef *values;
    size_t count;
};

static bool visit(struct visited *visited, LLVMValueRef value)
{
    for (size_t i = 0; i < visited->count; i++) {
        if (visited->values[i] == value) {
            return false;
        }
    }
    visited->values = allocate_room(visited->values, visited->count, sizeof(LLVMValueRef));
    visited->values[visited->count++] = value;
    return true;
}

static uint64_t walk_call(LLVMValueRef call, LLVMValueRef value)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    uint64_t classes = 0;
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (LLVMGetOperand(call, i) != value || call_has_nocapture(call, i)) {
            continue;
        }
        if (!LLVMIsAFunction(callee)) {
            classes |= unexplained(call);
        } else if (i < LLVMCountParams(callee) && captured_is_none(callee, i)) {
            continue;
        } else if (LLVMIsDeclaration(callee)) {
            size_t length;
            const bool listed = effects_find(asked->effects, LLVMGetValueName2(callee, &length)) ||
                                LLVMGetIntrinsicID(callee) != 0;
            classes |= listed ? bit(CAPTURED_LIBRARY) : unexplained(call);
        } else {
            struct captured_parameter *const parameter =
                i < LLVMCountParams(callee) ? captured_find(asked, LLVMGetParam(callee, i)) : NULL;
            if (!parameter) {
                classes |= unexplained(call);
            } else if (parameter->returned) {
                classes |= bit(CAPTURED_RESULT);
            } else if (parameter->behind) {
                classes |= bit(CAPTURED_BEHIND);
            } else {
                const LLVMBasicBlockRef block = LLVMGetInstructionParent(call);
                parameter->self_call_count += LLVMGetBasicBlockParent(block) == callee;
                classes |= parameter->self_call_count > 1 ? bit(CAPTURED_RECURSION) : 0;
                classes |= walk_parameter(parameter);
            }
        }
    }
    return classes;
}

static bool is_behind(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address)) {
        address = LLVMGetOperand(address, 0);
    }
    return LLVMIsAArgument(address);
}

static uint64_t walk(LLVMValueRef value, struct visited *visited)
{
    uint64_t classes = 0;
    if (!visit(visited, value)) {
        return 0;
    }
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        switch (LLVMGetInstructionOpcode(user)) {
        case LLVMLoad:
            classes |= LLVMGetVolatile(user) ? bit(CAPTURED_VOLATILE) : 0;
            break;
        case LLVMStore:
            if (LLVMGetOperand(user, 0) == value) {
                classes |=
                    bit(is_behind(LLVMGetOperand(user, 1)) ? CAPTURED_BEHIND : CAPTURED_LOCAL);
            } else if (LLVMGetVolatile(user)) {
                classes |= bit(CAPTURED_VOLATILE);
            }
            break;
        case LLVMGetElementPtr:
        case LLVMBitCast:
        case LLVMPHI:
        case LLVMSelect:
        case LLVMFreeze:
            classes |= walk(user, visited);
            break;
        case LLVMICmp:
            classes |= bit(CAPTURED_COMPARED);
            break;
        case LLVMPtrToInt:
            classes |= walk_integer(user);
            break;
        case LLVMCall:
            classes |= walk_call(user, value);
            break;
        case LLVMAtomicRMW:
        case LLVMAtomicCmpXchg:
            classes |= bit(LLVMGetOperand(user, 0) == value ? CAPTURED_VOLATILE : CAPTURED_LOCAL);
            break;
        default:
            classes |= unexplained(user);
        }
    }
    return classes;
}

// Each parameter counts once in an answer; recursion ends where it has been.
static uint64_t walk_parameter(struct captured_parameter *parameter)
{
    if (parameter->is_walked || !parameter->captured) {
        return 0;
    }
    parameter->is_walked = true;
    if (!parameter->captured_at_last) {
        return bit(parameter->captured_without_limit ? CAPTURED_PASSES : CAPTURED_USES);
    }
    if (effects_find(asked->effects, parameter->function)) {
        return bit(CAPTURED_LIBRARY); // an inline definition of a function that the table knows
    }
    struct visited visited = {0};
    const uint64_t classes = walk(parameter->llvms, &visited);
    free(visited.values);
    return classes;
}

enum captured_class captured_why(const struct captured_program *program,
                                 struct captured_parameter *parameter, LLVMValueRef *use)
{
    asked = program;
    unexplained_at = NULL;
    for (size_t i = 0; i < program->count; i++) {
        program->parameters[i].is_walked = false;
    }
    const uint64_t classes = walk_parameter(parameter);
    *use = unexplained_at;
    if (classes & bit(CAPTURED_UNEXPLAINED)) {
        return CAPTURED_UNEXPLAINED;
    }
    for (enum captured_class kind = CAPTURED_COMPARED; kind < CAPTURED_UNEXPLAINED; kind++) {
        if (classes & bit(kind)) {
            return kind;
        }
    }
    return CAPTURED_UNEXPLAINED;
}
