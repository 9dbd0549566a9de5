// The program to analyse: its files read or compiled, and linked into one module unless they are
// to be kept apart.
#ifndef ESCAPE_INPUT_H
#define ESCAPE_INPUT_H

#include "escape/escape_options.h"

#include <llvm-c/Core.h>
#include <stddef.h>

struct input_unit {
    char *path; // of the first file
    LLVMModuleRef module;
};

struct input {
    LLVMContextRef context;
    struct input_unit *units; // one, or with --per-file one a file
    size_t unit_count;
};

// Reads everything that the options name. Debug information is in the form of intrinsics. Dies with
// the file's name when one cannot be read, compiled or linked, or comes from another LLVM.
void input_init(struct input *input, const struct escape_options *options);

// Releases the context with all modules.
void input_release(struct input *input);

#endif
