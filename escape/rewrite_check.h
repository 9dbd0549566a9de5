// --check: calls that watch at run time what was claimed not to escape (check_runtime.h).
#ifndef ESCAPE_REWRITE_CHECK_H
#define ESCAPE_REWRITE_CHECK_H

#include <llvm-c/Core.h>
#include <stddef.h>
#include <stdint.h>

// An object in a frame whose address is not to outlive it.
struct rewrite_check_claim {
    LLVMValueRef object; // alloca
    LLVMValueRef begin;  // instruction where its life begins; NULL: when the function is entered
    uint64_t size_bytes;
    char *text; // "FILE:LINE:COLUMN: EXPR"
};

// Instruments the functions of these claims, and every store of the module.
void rewrite_check_module(LLVMModuleRef module, const struct rewrite_check_claim *claims,
                          size_t claim_count);

#endif
