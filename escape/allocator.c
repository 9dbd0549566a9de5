// LLVM knows the two attributes as `noalias` of the result and `allocsize`.
#include "escape/allocator.h"

static bool is_unknown_size_allocator(LLVMValueRef function, const struct analysis_internal *in)
{
    return LLVMIsDeclaration(function) &&
           LLVMGetTypeKind(LLVMGetReturnType(LLVMGlobalGetValueType(function))) ==
               LLVMPointerTypeKind &&
           LLVMGetEnumAttributeAtIndex(function, LLVMAttributeReturnIndex, in->attribute_noalias);
}

const struct effects_function *allocator_by_attributes(struct analysis_internal *in,
                                                       LLVMValueRef function)
{
    if (!is_unknown_size_allocator(function, in)) {
        return NULL;
    }
    struct effects_function *const entry = arena_zeroed(&in->arena, sizeof *entry);
    size_t length = 0;
    *entry = (struct effects_function){
        .name = LLVMGetValueName2(function, &length),
        .allocator = EFFECTS_ALLOCATES,
        .size_argument = EFFECTS_NO_ARGUMENT,
        .count_argument = EFFECTS_NO_ARGUMENT,
        .type_argument = EFFECTS_NO_ARGUMENT,
        .align_argument = EFFECTS_NO_ARGUMENT,
        .resized_argument = EFFECTS_NO_ARGUMENT,
        .freed_argument = EFFECTS_NO_ARGUMENT,
        .may_be_null = true,
    };
    const LLVMAttributeRef sizes = LLVMGetEnumAttributeAtIndex(
        function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, in->attribute_allocsize);
    if (sizes) { // the argument of the element's size, and of the count or ~0
        const uint64_t packed = LLVMGetEnumAttributeValue(sizes);
        entry->size_argument = (unsigned char)(packed >> 32);
        if ((uint32_t)packed != UINT32_MAX) {
            entry->count_argument = (unsigned char)packed;
        }
    }
    return entry;
}
