#include "harness/system_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *system_file_root(void)
{
    const char *const root = getenv("ESCAPEMENT_SYSROOT");
    return root ? root : "";
}

static FILE *open_rooted(const char *path)
{
    char rooted[4096];
    snprintf(rooted, sizeof rooted, "%s%s", system_file_root(), path);
    return fopen(rooted, "re");
}

void system_file_text(const char *path, char text[SYSTEM_FILE_BYTES])
{
    if (!system_file_line(path, "", text) || !*text) {
        snprintf(text, SYSTEM_FILE_BYTES, "unknown");
    }
}

bool system_file_line(const char *path, const char *prefix, char text[SYSTEM_FILE_BYTES])
{
    FILE *const file = open_rooted(path);
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

double system_file_number(const char *path)
{
    char text[SYSTEM_FILE_BYTES];
    system_file_text(path, text);
    char *end = NULL;
    const double value = strtod(text, &end);
    return end == text ? NAN : value;
}

bool system_file_contains(const char *path, const char *text)
{
    FILE *const file = open_rooted(path);
    char line[4096];
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        found = strstr(line, text) != NULL;
    }
    if (file) {
        fclose(file);
    }
    return found;
}
