#define _GNU_SOURCE // pipe2, the directory of a spawned process
// A child process and a pipe: no temporary file, so that nothing is left behind whatever happens.
// Clang's warnings are off: its "address of local returned" is what the analysis reports itself.
#include "escape/clang.h"

#include "base/allocate.h"
#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *const before[] = {"-x", "c", "-w"};
// Last, so that the user's -O2, -g0 or -c do not change them.
static const char *const after[] = {"-O1",
                                    "-Xclang",
                                    "-disable-llvm-passes",
                                    "-g",
                                    "-fno-discard-value-names",
                                    "-fno-lto",
                                    "-emit-llvm",
                                    "-c",
                                    "-o",
                                    "-"};

static char **command_line(const struct clang_job *job)
{
    const size_t before_count = sizeof before / sizeof before[0];
    const size_t after_count = sizeof after / sizeof after[0];
    char **const words =
        allocate_zeroed(before_count + job->argument_count + after_count + 3, sizeof *words);
    size_t count = 0;
    words[count++] = (char *)job->program;
    for (size_t i = 0; i < before_count; i++) {
        words[count++] = (char *)before[i];
    }
    for (size_t i = 0; i < job->argument_count; i++) {
        words[count++] = (char *)job->arguments[i];
    }
    for (size_t i = 0; i < after_count; i++) {
        words[count++] = (char *)after[i];
    }
    words[count] = (char *)job->path;
    return words;
}

static unsigned char *read_all(int descriptor, const char *path, size_t *size_bytes)
{
    size_t capacity_bytes = 1 << 16;
    size_t used_bytes = 0;
    unsigned char *bytes = allocate_resized(NULL, capacity_bytes);
    for (;;) {
        if (used_bytes == capacity_bytes) {
            capacity_bytes *= 2;
            bytes = allocate_resized(bytes, capacity_bytes);
        }
        const ssize_t got = read(descriptor, bytes + used_bytes, capacity_bytes - used_bytes);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            die("cannot read the bitcode of '%s': %s", path, strerror(errno));
        }
        used_bytes += got > 0 ? (size_t)got : 0;
    }
    *size_bytes = used_bytes;
    return bytes;
}

static void die_of_status(const struct clang_job *job, int status)
{
    if (WIFSIGNALED(status)) {
        die("cannot compile '%s': %s was ended by signal %d (%s)", job->path, job->program,
            WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    die("cannot compile '%s': %s says why above", job->path, job->program);
}

unsigned char *clang_compile(const struct clang_job *job, size_t *size_bytes)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        die("cannot make a pipe: %s", strerror(errno));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (job->directory) {
        posix_spawn_file_actions_addchdir_np(&actions, job->directory);
    }
    char **const words = command_line(job);
    pid_t child = 0;
    const int error = posix_spawnp(&child, job->program, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(words);
    close(ends[1]);
    if (error == ENOENT && job->directory && access(job->directory, X_OK) != 0) {
        die("cannot compile '%s' in '%s': %s", job->path, job->directory, strerror(errno));
    }
    if (error == ENOENT) {
        die("cannot compile '%s': there is no program '%s' (Debian's package clang-19; another "
            "one by --clang=PROGRAM)",
            job->path, job->program);
    }
    if (error != 0) {
        die("cannot run '%s': %s", job->program, strerror(error));
    }
    unsigned char *const bytes = read_all(ends[0], job->path, size_bytes);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        free(bytes);
        die_of_status(job, status);
    }
    return bytes;
}
