// Which accesses can move a pointer, whole or in parts.
//
// A pointer can be copied as an integer or byte by byte. C allows that through character types,
// unions and memcpy only, and clang says in each access's type tag (TBAA) which type it has: an
// access of type int cannot read a pointer. Without tags (-fno-strict-aliasing, -O0) every access
// can.
#ifndef ESCAPE_CARRY_H
#define ESCAPE_CARRY_H

#include "escape/analysis_internal.h"

enum carry { CARRY_NONE, CARRY_NARROW, CARRY_WHOLE };

// Whether values of the type can be pointers or parts of them at all.
bool carry_type(LLVMTypeRef type);

// Whether the type has a pointer in it.
bool carry_holds_pointer(LLVMTypeRef type);

// What a load or store of `type` through a pointer to unknown memory can move.
enum carry carry_access(struct analysis_internal *in, LLVMValueRef instruction, LLVMTypeRef type);

// What a memcpy or memmove can move, as far as its own tag says.
enum carry carry_copy(struct analysis_internal *in, LLVMValueRef call);

// Whether the address certainly is that of a variable that is one integer. Such a variable may hold
// a pointer, and is read as what it is.
bool carry_is_integer_variable(const struct analysis_internal *in, struct graph_flow address);

#endif
