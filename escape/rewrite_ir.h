// Small things that every part of the rewriting needs of LLVM.
#ifndef ESCAPE_REWRITE_IR_H
#define ESCAPE_REWRITE_IR_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The function that a call names, looked up through casts; NULL for a call by pointer and for other
// instructions.
LLVMValueRef rewrite_ir_callee(LLVMValueRef instruction);

// Whether it is a call of a function of this name, or of an intrinsic whose name begins so
// ("llvm.lifetime.start").
bool rewrite_ir_calls(LLVMValueRef instruction, const char *name);

// The function of that name; declared with this type if there is none yet.
LLVMValueRef rewrite_ir_function(LLVMModuleRef module, const char *name, LLVMTypeRef type);

// A builder before an instruction, with its position in the source; before a function's first one.
LLVMBuilderRef rewrite_ir_before(LLVMValueRef instruction);
LLVMBuilderRef rewrite_ir_at_entry(LLVMValueRef function);

// A private constant global of this value.
LLVMValueRef rewrite_ir_constant(LLVMModuleRef module, const char *name, LLVMValueRef value);

// A private zero-terminated text.
LLVMValueRef rewrite_ir_text(LLVMModuleRef module, const char *text);

// "FILE:LINE:COLUMN" of an instruction, or "FUNCTION" when it has none; to be freed.
char *rewrite_ir_place(LLVMValueRef instruction);

// Calls visit() for every instruction of the module's functions. The visitor may erase or replace
// the instruction it is given, no other.
void rewrite_ir_each(LLVMModuleRef module, void (*visit)(LLVMValueRef instruction, void *context),
                     void *context);

// Prints "escape: note: ..." on stderr.
void rewrite_ir_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
