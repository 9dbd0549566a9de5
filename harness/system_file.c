#include "harness/system_file.h"

#include <stdio.h>
#include <string.h>

void system_file_text(const char *path, char text[SYSTEM_FILE_BYTES])
{
    if (!system_file_line(path, "", text) || !*text) {
        snprintf(text, SYSTEM_FILE_BYTES, "unknown");
    }
}

bool system_file_line(const char *path, const char *prefix, char text[SYSTEM_FILE_BYTES])
{
    FILE *const file = fopen(path, "re");
    if (!file) {
        return false;
    }
    bool found = false;
    // Lines of /proc/cpuinfo and /proc/stat can be long; what does not fit is no prefix of ours.
    char line[2048];
    while (!found && fgets(line, sizeof line, file)) {
        if (strncmp(line, prefix, strlen(prefix)) == 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(text, SYSTEM_FILE_BYTES, "%.*s", SYSTEM_FILE_BYTES - 1, line + strlen(prefix));
            found = true;
        }
    }
    fclose(file);
    return found;
}
