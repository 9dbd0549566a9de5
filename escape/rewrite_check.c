// Stores of pointers and of integers as large as one are watched, and copies. Functions with a
// claim are not inlined, so that each has a frame of its own to tell its objects by.
#include "escape/rewrite_check.h"

#include "base/allocate.h"
#include "escape/rewrite_ir.h"

struct check {
    LLVMModuleRef module;
    LLVMContextRef context;
    LLVMTypeRef pointer, word, nothing;
};

static LLVMValueRef site(const struct check *check, const char *text)
{
    LLVMValueRef field = rewrite_ir_text(check->module, text);
    return rewrite_ir_constant(check->module, "check.site",
                               LLVMConstStructInContext(check->context, &field, 1, 0));
}

static LLVMValueRef place_of(const struct check *check, LLVMValueRef instruction)
{
    char *const text = rewrite_ir_place(instruction);
    const LLVMValueRef global = site(check, text);
    free(text);
    return global;
}

static void call(const struct check *check, LLVMBuilderRef builder, const char *name,
                 LLVMValueRef *arguments, unsigned count)
{
    LLVMTypeRef parameters[4];
    for (unsigned i = 0; i < count; i++) {
        parameters[i] = LLVMTypeOf(arguments[i]);
    }
    const LLVMTypeRef type = LLVMFunctionType(check->nothing, parameters, count, 0);
    LLVMBuildCall2(builder, type, rewrite_ir_function(check->module, name, type), arguments, count,
                   "");
}

static LLVMValueRef frame_address(const struct check *check, LLVMBuilderRef builder)
{
    const unsigned id = LLVMLookupIntrinsicID("llvm.frameaddress", 17);
    LLVMTypeRef result = check->pointer;
    const LLVMValueRef function = LLVMGetIntrinsicDeclaration(check->module, id, &result, 1);
    const LLVMTypeRef type = LLVMIntrinsicGetType(check->context, id, &result, 1);
    LLVMValueRef level = LLVMConstInt(LLVMInt32TypeInContext(check->context), 0, 0);
    return LLVMBuildCall2(builder, type, function, &level, 1, "frame");
}

// After a store, so that the slot holds the value when it is looked at.
static void watch_write(LLVMValueRef instruction, void *context)
{
    const struct check *const check = context;
    const bool is_store = LLVMIsAStoreInst(instruction) != NULL;
    const bool is_barrier = rewrite_ir_calls(instruction, "heap_store");
    const bool is_copy = rewrite_ir_calls(instruction, "llvm.memcpy") ||
                         rewrite_ir_calls(instruction, "llvm.memmove");
    if (!is_store && !is_barrier && !is_copy) {
        return;
    }
    LLVMValueRef target = LLVMGetOperand(instruction, is_store ? 1 : 0);
    LLVMValueRef value = LLVMGetOperand(instruction, is_store ? 0 : 1);
    const LLVMTypeRef type = LLVMTypeOf(value);
    const bool is_pointer = LLVMGetTypeKind(type) == LLVMPointerTypeKind;
    const bool is_word =
        LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) == 64;
    if (is_store && ((!is_pointer && !is_word) || LLVMIsConstant(value))) {
        return;
    }
    LLVMBuilderRef builder = rewrite_ir_before(LLVMGetNextInstruction(instruction));
    LLVMValueRef where = place_of(check, instruction);
    if (is_copy) {
        LLVMValueRef size = LLVMGetOperand(instruction, 2);
        size = LLVMBuildIntCast2(builder, size, check->word, 0, "");
        LLVMValueRef arguments[] = {target, size, where};
        call(check, builder, "check_runtime_copy", arguments, 3);
    } else {
        if (is_word) {
            value = LLVMBuildIntToPtr(builder, value, check->pointer, "");
        }
        LLVMValueRef arguments[] = {target, value, where};
        call(check, builder, "check_runtime_store", arguments, 3);
    }
    LLVMDisposeBuilder(builder);
}

static void watch_returns(const struct check *check, LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        const LLVMValueRef end = LLVMGetBasicBlockTerminator(block);
        if (!LLVMIsAReturnInst(end)) {
            continue;
        }
        LLVMValueRef value = LLVMGetNumOperands(end) > 0 ? LLVMGetOperand(end, 0) : NULL;
        if (!value || LLVMGetTypeKind(LLVMTypeOf(value)) != LLVMPointerTypeKind) {
            value = LLVMConstNull(check->pointer);
        }
        LLVMBuilderRef builder = rewrite_ir_before(end);
        LLVMValueRef arguments[] = {value, frame_address(check, builder), place_of(check, end)};
        call(check, builder, "check_runtime_return", arguments, 3);
        LLVMDisposeBuilder(builder);
    }
}

static void watch_object(const struct check *check, const struct rewrite_check_claim *claim)
{
    LLVMValueRef before = claim->begin;
    if (!before) { // after the last alloca, which all stand at the head of the function
        before = claim->object;
        while (LLVMIsAAllocaInst(before)) {
            before = LLVMGetNextInstruction(before);
        }
    }
    LLVMBuilderRef builder = rewrite_ir_before(before);
    LLVMValueRef arguments[] = {claim->object, LLVMConstInt(check->word, claim->size_bytes, 0),
                                frame_address(check, builder), site(check, claim->text)};
    call(check, builder, "check_runtime_begin", arguments, 4);
    LLVMDisposeBuilder(builder);
}

static void keep_apart(const struct check *check, LLVMValueRef function)
{
    static const char never[] = "noinline", always[] = "alwaysinline";
    LLVMRemoveEnumAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                   LLVMGetEnumAttributeKindForName(always, sizeof always - 1));
    const unsigned kind = LLVMGetEnumAttributeKindForName(never, sizeof never - 1);
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(check->context, kind, 0));
}

void rewrite_check_module(LLVMModuleRef module, const struct rewrite_check_claim *claims,
                          size_t claim_count)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    struct check check = {.module = module,
                          .context = context,
                          .pointer = LLVMPointerTypeInContext(context, 0),
                          .word = LLVMInt64TypeInContext(context),
                          .nothing = LLVMVoidTypeInContext(context)};
    rewrite_ir_each(module, watch_write, &check);
    LLVMValueRef last = NULL;
    for (size_t i = 0; i < claim_count; i++) {
        const LLVMValueRef function =
            LLVMGetBasicBlockParent(LLVMGetInstructionParent(claims[i].object));
        if (function != last) { // claims come function by function
            keep_apart(&check, function);
            watch_returns(&check, function);
            last = function;
        }
        watch_object(&check, &claims[i]);
    }
}
