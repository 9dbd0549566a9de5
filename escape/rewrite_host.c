#include "escape/rewrite_host.h"

#include "escape/rewrite_ir.h"

enum { PARAMETER_COUNT = 3 }; // of main: argc, argv, environment

static LLVMValueRef defined(LLVMModuleRef module, const char *name)
{
    const LLVMValueRef function = LLVMGetNamedFunction(module, name);
    return function && !LLVMIsDeclaration(function) ? function : NULL;
}

bool rewrite_host_is_needed(LLVMModuleRef module)
{
    const LLVMValueRef main = defined(module, "main");
    const LLVMValueRef starter = LLVMGetNamedFunction(module, "runtime_run");
    return main && LLVMCountParams(main) <= PARAMETER_COUNT &&
           (!starter || !LLVMGetFirstUse(starter));
}

void rewrite_host_main(LLVMModuleRef module)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    const LLVMTypeRef number = LLVMInt32TypeInContext(context);
    const LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    const LLVMValueRef body = LLVMGetNamedFunction(module, "main");
    LLVMSetValueName2(body, "main.hosted", sizeof "main.hosted" - 1);
    LLVMSetLinkage(body, LLVMInternalLinkage);

    // A body with fewer parameters than it is called with takes the first ones from their
    // registers.
    LLVMTypeRef parameters[] = {number, pointer, pointer};
    const LLVMValueRef main =
        LLVMAddFunction(module, "main", LLVMFunctionType(number, parameters, PARAMETER_COUNT, 0));
    LLVMTypeRef starter_parameters[] = {pointer, number, pointer, pointer};
    const LLVMTypeRef type = LLVMFunctionType(number, starter_parameters, 4, 0);
    const LLVMValueRef starter = rewrite_ir_function(module, "hosted_run", type);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, main, "entry"));
    LLVMValueRef arguments[] = {body, LLVMGetParam(main, 0), LLVMGetParam(main, 1),
                                LLVMGetParam(main, 2)};
    LLVMBuildRet(builder, LLVMBuildCall2(builder, type, starter, arguments, 4, "status"));
    LLVMDisposeBuilder(builder);
}
