#include "escape/rewrite_ir.h"

#include "base/allocate.h"

#include <llvm-c/DebugInfo.h>
#include <stdarg.h>
#include <string.h>

LLVMValueRef rewrite_ir_callee(LLVMValueRef instruction)
{
    if (!LLVMIsACallInst(instruction) && !LLVMIsAInvokeInst(instruction)) {
        return NULL;
    }
    return LLVMIsAFunction(LLVMGetCalledValue(instruction));
}

bool rewrite_ir_calls(LLVMValueRef instruction, const char *name)
{
    const LLVMValueRef callee = rewrite_ir_callee(instruction);
    if (!callee) {
        return false;
    }
    size_t length = 0;
    const char *const found = LLVMGetValueName2(callee, &length);
    const size_t wanted = strlen(name);
    const bool is_intrinsic = strncmp(name, "llvm.", 5) == 0;
    return length >= wanted && memcmp(found, name, wanted) == 0 &&
           (length == wanted || (is_intrinsic && found[wanted] == '.'));
}

LLVMValueRef rewrite_ir_function(LLVMModuleRef module, const char *name, LLVMTypeRef type)
{
    const LLVMValueRef found = LLVMGetNamedFunction(module, name);
    return found ? found : LLVMAddFunction(module, name, type);
}

LLVMBuilderRef rewrite_ir_before(LLVMValueRef instruction)
{
    const LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
    const LLVMValueRef function = LLVMGetBasicBlockParent(block);
    const LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderBefore(builder, instruction);
    LLVMMetadataRef location = LLVMInstructionGetDebugLoc(instruction);
    const LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    if (!location && subprogram) { // LLVM wants a position of every call that it may inline
        location = LLVMDIBuilderCreateDebugLocation(context, 0, 0, subprogram, NULL);
    }
    if (location) {
        LLVMSetCurrentDebugLocation2(builder, location);
    }
    return builder;
}

LLVMBuilderRef rewrite_ir_at_entry(LLVMValueRef function)
{
    return rewrite_ir_before(LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
}

LLVMValueRef rewrite_ir_constant(LLVMModuleRef module, const char *name, LLVMValueRef value)
{
    const LLVMValueRef global = LLVMAddGlobal(module, LLVMTypeOf(value), name);
    LLVMSetInitializer(global, value);
    LLVMSetGlobalConstant(global, 1);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return global;
}

LLVMValueRef rewrite_ir_text(LLVMModuleRef module, const char *text)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    return rewrite_ir_constant(module, "escape.text",
                               LLVMConstStringInContext(context, text, (unsigned)strlen(text), 0));
}

char *rewrite_ir_place(LLVMValueRef instruction)
{
    unsigned length = 0;
    const char *const file = LLVMGetDebugLocFilename(instruction, &length);
    if (!file || length == 0) {
        const LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);
        return allocate_text("%s", LLVMGetValueName(LLVMGetBasicBlockParent(block)));
    }
    return allocate_text("%.*s:%u:%u", (int)length, file, LLVMGetDebugLocLine(instruction),
                         LLVMGetDebugLocColumn(instruction));
}

void rewrite_ir_each(LLVMModuleRef module, void (*visit)(LLVMValueRef instruction, void *context),
                     void *context)
{
    for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
         function = LLVMGetNextFunction(function)) {
        for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
             block = LLVMGetNextBasicBlock(block)) {
            LLVMValueRef next = NULL;
            for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
                 instruction = next) {
                next = LLVMGetNextInstruction(instruction);
                visit(instruction, context);
            }
        }
    }
}

void rewrite_ir_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("escape: note: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
