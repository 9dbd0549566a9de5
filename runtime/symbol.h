// Names of functions, for backtraces.
#ifndef RUNTIME_SYMBOL_H
#define RUNTIME_SYMBOL_H

#include <stdio.h>

// Prints "name+0xoffset (file+0xaddress)" of the code at this address, or as much of it as is
// known. The name comes from the file's symbol table, so that static functions have theirs and
// programs need not be linked with -rdynamic; file and address are what addr2line wants. Uses much
// stack: call it on the system stack.
void symbol_print(FILE *out, const void *address);

#endif
