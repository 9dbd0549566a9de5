#include "harness/cleanup.h"

#include "base/allocate.h"
#include "base/die.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_COUNT_MAX = 8 }; // a run registers two

// atexit() handlers have no argument: file scope.
static char *paths[PATH_COUNT_MAX];

static void remove_path(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT) {
        return;
    }
    DIR *const folder = opendir(path);
    const int descriptor = folder ? dirfd(folder) : -1;
    const struct dirent *entry = NULL;
    while (descriptor >= 0 && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(descriptor, entry->d_name, 0);
        }
    }
    if (folder) {
        closedir(folder);
    }
    rmdir(path);
}

static void remove_all(void)
{
    for (size_t i = 0; i < PATH_COUNT_MAX; i++) {
        if (paths[i]) {
            remove_path(paths[i]);
            free(paths[i]);
            paths[i] = NULL;
        }
    }
}

void cleanup_add(const char *path)
{
    static int registered;
    if (!registered) {
        registered = 1;
        atexit(remove_all);
    }
    size_t index = 0;
    while (index < PATH_COUNT_MAX && paths[index]) {
        index++;
    }
    if (index == PATH_COUNT_MAX) {
        die("more than %d unfinished files", PATH_COUNT_MAX);
    }
    paths[index] = allocate_text("%s", path);
}

void cleanup_forget(const char *path)
{
    for (size_t i = 0; i < PATH_COUNT_MAX; i++) {
        if (paths[i] && strcmp(paths[i], path) == 0) {
            free(paths[i]);
            paths[i] = NULL;
        }
    }
}
