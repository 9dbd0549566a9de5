// A compilation database (compile_commands.json, as CMake, Meson and Bear write it): which files a
// project compiles, where, and with which options.
//
// Source of the format: clang.llvm.org/docs/JSONCompilationDatabase.html
#ifndef ESCAPE_COMPDB_H
#define ESCAPE_COMPDB_H

#include <stddef.h>

struct compdb_entry {
    char *path;       // as the command names it
    char *directory;  // to run the command in
    char **arguments; // without the compiler, the source, the output and dependency files
    size_t argument_count;
};

struct compdb {
    struct compdb_entry *entries; // of C sources only, in the order of the file
    size_t entry_count;
};

// Reads it. Dies with the file's name and the line or entry when it is not one, or has no C source.
void compdb_init(struct compdb *compdb, const char *path);
void compdb_release(struct compdb *compdb);

#endif
