// A file that appears whole or not at all: written under a temporary name beside its own, renamed
// when it is complete, removed when the program ends before that.
#ifndef HARNESS_OUTPUT_FILE_H
#define HARNESS_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct output_file {
    FILE *stream; // to write to
    char *path;
    char *path_temporary; // NULL when `path` is a device or pipe, which is written directly
};

// Opens it, so that a path that cannot be written is known before the work. Dies.
void output_file_init(struct output_file *file, const char *path);

// Closes, renames and releases. Dies with the file's name when something was not written.
void output_file_commit(struct output_file *file);

#endif
