// Small files of /proc and /sys, below $ESCAPEMENT_SYSROOT when that is set: tests put a machine of
// their own there.
#ifndef HARNESS_SYSTEM_FILE_H
#define HARNESS_SYSTEM_FILE_H

#include <stdbool.h>

enum { SYSTEM_FILE_BYTES = 256 };

// The file's first line without its newline; "unknown" when it cannot be read or is empty.
void system_file_text(const char *path, char text[SYSTEM_FILE_BYTES]);

// What follows `prefix` in the first line that begins with it. False when there is none.
bool system_file_line(const char *path, const char *prefix, char text[SYSTEM_FILE_BYTES]);

// The number that the file begins with; NaN when there is none.
double system_file_number(const char *path);

// Whether a line of the file has the text in it; false when it cannot be read.
bool system_file_contains(const char *path, const char *text);

// What stands before every path here: "" unless a test set it.
const char *system_file_root(void);

#endif
