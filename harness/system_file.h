// Small files of /proc and /sys.
#ifndef HARNESS_SYSTEM_FILE_H
#define HARNESS_SYSTEM_FILE_H

#include <stdbool.h>

enum { SYSTEM_FILE_BYTES = 256 };

// The file's first line without its newline; "unknown" when it cannot be read or is empty.
void system_file_text(const char *path, char text[SYSTEM_FILE_BYTES]);

// What follows `prefix` in the first line that begins with it. False when there is none.
bool system_file_line(const char *path, const char *prefix, char text[SYSTEM_FILE_BYTES]);

#endif
