// A tag is !{base type, access type, offset}; a type node begins with its name. Base and access
// type are the same for a scalar, an array element or a union's member; they differ for a struct's
// member, which is declared as what it is: a char member does not overlay a pointer.
#include "escape/carry.h"

#include "escape/rule.h"

#include <string.h>

enum access_class { ACCESS_UNKNOWN = 1, ACCESS_CHARACTER, ACCESS_POINTER, ACCESS_OTHER };

enum { TYPE_DEPTH_MAX = 16, OPERANDS_MAX = 512 };

bool carry_type(LLVMTypeRef type)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMPointerTypeKind:
    case LLVMStructTypeKind:
    case LLVMArrayTypeKind:
    case LLVMVectorTypeKind:
    case LLVMHalfTypeKind:
    case LLVMBFloatTypeKind:
    case LLVMX86_MMXTypeKind:
    case LLVMFloatTypeKind:
    case LLVMDoubleTypeKind:
    case LLVMX86_FP80TypeKind:
    case LLVMFP128TypeKind:
        return true;
    case LLVMIntegerTypeKind:
        return LLVMGetIntTypeWidth(type) >= 8;
    default:
        return false;
    }
}

static bool holds_pointer(LLVMTypeRef type, unsigned depth)
{
    switch (LLVMGetTypeKind(type)) {
    case LLVMPointerTypeKind:
        return true;
    case LLVMStructTypeKind: {
        if (depth > TYPE_DEPTH_MAX) {
            return true;
        }
        const unsigned count = LLVMCountStructElementTypes(type);
        for (unsigned i = 0; i < count; i++) {
            if (holds_pointer(LLVMStructGetTypeAtIndex(type, i), depth + 1)) {
                return true;
            }
        }
        return false;
    }
    case LLVMArrayTypeKind:
    case LLVMVectorTypeKind:
        return holds_pointer(LLVMGetElementType(type), depth + 1);
    default:
        return false;
    }
}

bool carry_holds_pointer(LLVMTypeRef type)
{
    return holds_pointer(type, 0);
}

static bool name_is(LLVMValueRef node, const char *expected)
{
    LLVMValueRef operands[OPERANDS_MAX];
    const unsigned count = LLVMGetMDNodeNumOperands(node);
    if (count == 0 || count > OPERANDS_MAX) {
        return false;
    }
    LLVMGetMDNodeOperands(node, operands);
    unsigned length = 0;
    const char *const name =
        operands[0] && LLVMIsAMDString(operands[0]) ? LLVMGetMDString(operands[0], &length) : NULL;
    return name && length == strlen(expected) && memcmp(name, expected, length) == 0;
}

// Types of another format (-new-struct-path-tbaa) begin with their parent.
static bool has_name(LLVMValueRef node)
{
    LLVMValueRef operands[OPERANDS_MAX];
    const unsigned count = LLVMGetMDNodeNumOperands(node);
    if (count == 0 || count > OPERANDS_MAX) {
        return false;
    }
    LLVMGetMDNodeOperands(node, operands);
    return operands[0] && LLVMIsAMDString(operands[0]);
}

static enum access_class class_of(struct analysis_internal *in, LLVMValueRef tag)
{
    const uint32_t known = value_map_get(&in->access_classes, tag);
    if (known) {
        return (enum access_class)known;
    }
    enum access_class class = ACCESS_OTHER;
    LLVMValueRef operands[OPERANDS_MAX];
    const unsigned count = LLVMGetMDNodeNumOperands(tag);
    if (count < 3 || count > OPERANDS_MAX) {
        class = ACCESS_UNKNOWN;
    } else {
        LLVMGetMDNodeOperands(tag, operands);
        if (!operands[0] || !operands[1] || !has_name(operands[1])) {
            class = ACCESS_UNKNOWN;
        } else if (name_is(operands[1], "any pointer")) {
            class = ACCESS_POINTER;
        } else if (operands[0] == operands[1] && name_is(operands[1], "omnipotent char")) {
            class = ACCESS_CHARACTER;
        }
    }
    value_map_set(&in->access_classes, tag, class);
    return class;
}

enum carry carry_access(struct analysis_internal *in, LLVMValueRef instruction, LLVMTypeRef type)
{
    if (!carry_type(type)) {
        return CARRY_NONE;
    }
    if (carry_holds_pointer(type)) {
        return CARRY_WHOLE;
    }
    if (!rule_on(RULE_BYTES)) {
        return CARRY_NONE;
    }
    const LLVMValueRef tag = LLVMGetMetadata(instruction, in->kind_tbaa);
    if (!tag) {
        return CARRY_NARROW;
    }
    const enum access_class class = class_of(in, tag);
    return class == ACCESS_OTHER ? CARRY_NONE : CARRY_NARROW;
}

enum carry carry_copy(struct analysis_internal *in, LLVMValueRef call)
{
    const LLVMValueRef list = LLVMGetMetadata(call, in->kind_tbaa_struct);
    LLVMValueRef operands[OPERANDS_MAX];
    const unsigned count = list ? LLVMGetMDNodeNumOperands(list) : 0;
    if (!list || count > OPERANDS_MAX || count % 3 != 0) {
        return CARRY_NARROW;
    }
    LLVMGetMDNodeOperands(list, operands);
    enum carry carry = CARRY_NONE;
    for (unsigned i = 2; i < count; i += 3) { // offset, size, tag
        const enum access_class class = operands[i] ? class_of(in, operands[i]) : ACCESS_UNKNOWN;
        if (class == ACCESS_POINTER) {
            return CARRY_WHOLE;
        }
        if (class != ACCESS_OTHER) {
            carry = CARRY_NARROW;
        }
    }
    return carry;
}

bool carry_is_integer_variable(const struct analysis_internal *in, struct graph_flow address)
{
    if (address.location == GRAPH_NONE || address.derefs >= 0) {
        return false;
    }
    const LLVMValueRef value = in->graph.locations[address.location].value;
    return value && LLVMIsAAllocaInst(value) &&
           LLVMGetTypeKind(LLVMGetAllocatedType(value)) == LLVMIntegerTypeKind;
}
