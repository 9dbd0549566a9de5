// Compiles C to bitcode in memory with clang, in the form that the analysis wants.
//
// That is -O1 with no pass run: every allocation, copy and variable is still where the source has
// it, but lifetime markers, which tell in which loop a variable lives, are emitted.
#ifndef ESCAPE_CLANG_H
#define ESCAPE_CLANG_H

#include <stddef.h>

struct clang_job {
    const char *program;          // "clang-19", looked up on PATH, or a path
    const char *directory;        // to run in; NULL: the current one
    const char *path;             // of the source, as it is to appear in positions
    const char *const *arguments; // further ones
    size_t argument_count;
};

// The bitcode, to be released with free(); *size_bytes is its size. What clang has to say goes to
// stderr. Dies when clang is not there, or does not succeed: the message names the source.
unsigned char *clang_compile(const struct clang_job *job, size_t *size_bytes);

#endif
