#include "harness/output_file.h"

#include "base/allocate.h"
#include "base/die.h"
#include "harness/cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void output_file_init(struct output_file *file, const char *path)
{
    *file = (struct output_file){.path = allocate_text("%s", path)};
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        die("cannot write '%s': %s", path, strerror(EISDIR));
    }
    const bool is_special = stat(path, &status) == 0 && !S_ISREG(status.st_mode);
    if (!is_special) {
        file->path_temporary = allocate_text("%s.partial-%ld", path, (long)getpid());
    }
    file->stream = fopen(is_special ? path : file->path_temporary, "we");
    if (!file->stream) {
        die("cannot write '%s': %s", path, strerror(errno));
    }
    if (file->path_temporary) {
        cleanup_add(file->path_temporary);
    }
}

void output_file_commit(struct output_file *file)
{
    const bool is_flushed = fflush(file->stream) == 0;
    const int error = errno;
    if (!is_flushed) {
        die("cannot write '%s': %s", file->path, strerror(error));
    }
    const bool had_error = ferror(file->stream) != 0;
    if (fclose(file->stream) != 0 || had_error) {
        die("cannot write '%s': a write failed", file->path);
    }
    if (file->path_temporary) {
        if (rename(file->path_temporary, file->path) != 0) {
            die("cannot write '%s': %s", file->path, strerror(errno));
        }
        cleanup_forget(file->path_temporary);
    }
    free(file->path_temporary);
    free(file->path);
    *file = (struct output_file){0};
}
