// fork and exec rather than posix_spawn: the child needs PR_SET_PDEATHSIG, its affinity and its
// signals set between the two. A second pipe, closed by exec, carries the errno of a failed exec.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // pipe2
#endif
#include "harness/launch.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "harness/affinity.h"
#include "harness/interrupt.h"
#include "harness/stopwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// A worker prints kilobytes. One that prints more than this is broken, and is killed.
enum { OUTPUT_BYTES_MAX = 16 * 1024 * 1024 };

struct pipes {
    int output[2], errors[2], exec_error[2];
};

static void pipe_close(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
    *descriptor = -1;
}

static void pipes_release(struct pipes *pipes)
{
    int *const all[] = {pipes->output, pipes->errors, pipes->exec_error};
    for (size_t i = 0; i < 3; i++) {
        pipe_close(&all[i][0]);
        pipe_close(&all[i][1]);
    }
}

static int pipes_init(struct pipes *pipes)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    int *const all[] = {pipes->output, pipes->errors, pipes->exec_error};
    for (size_t i = 0; i < 3; i++) {
        if (pipe2(all[i], O_CLOEXEC) != 0) {
            const int error = -errno;
            pipes_release(pipes);
            return error;
        }
    }
    return 0;
}

// In the child: becomes the program, or reports why not and exits.
static _Noreturn void child_exec(const struct pipes *pipes, const char *const *arguments,
                                 char *const *environment, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    interrupt_reset_in_child();
    affinity_restore();
    const int null = open("/dev/null", O_RDONLY);
    // The parent may have died before PR_SET_PDEATHSIG could tell.
    if (getppid() == parent && null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
        dup2(pipes->output[1], STDOUT_FILENO) >= 0 && dup2(pipes->errors[1], STDERR_FILENO) >= 0) {
        execve(arguments[0], (char *const *)arguments, environment);
    }
    const int error = errno;
    if (write(pipes->exec_error[1], &error, sizeof error) < 0) {
        _exit(126);
    }
    _exit(127);
}

// The environment of this process and the padding variable; free() both it and its last entry.
static char **environment_padded(size_t padding_bytes)
{
    size_t count = 0;
    while (environ[count]) {
        count++;
    }
    char **const padded = (char **)allocate_zeroed(count + 2, sizeof *padded);
    memcpy((void *)padded, (const void *)environ, count * sizeof *padded);
    static const char name[] = "ESCAPEMENT_PADDING=";
    char *const variable = allocate_zeroed(sizeof name + padding_bytes, 1);
    memcpy(variable, name, sizeof name);
    memset(variable + sizeof name - 1, 'x', padding_bytes);
    padded[count] = variable;
    return padded;
}

static void environment_release(char **environment)
{
    size_t count = 0;
    while (environment[count]) {
        count++;
    }
    free(environment[count - 1]);
    free((void *)environment);
}

// Appends what can be read to stdout's text; false at the end of the file or on too much.
static bool read_output(struct launch *launch, int descriptor)
{
    char chunk[16 * 1024];
    const ssize_t got = read(descriptor, chunk, sizeof chunk);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    if (launch->output_bytes + (size_t)got > OUTPUT_BYTES_MAX) {
        return false;
    }
    launch->output = allocate_resized(launch->output, launch->output_bytes + (size_t)got + 1);
    memcpy(launch->output + launch->output_bytes, chunk, (size_t)got);
    launch->output_bytes += (size_t)got;
    launch->output[launch->output_bytes] = '\0';
    return true;
}

// As read_output() for stderr, of which only the end is kept.
static bool read_errors(struct launch *launch, int descriptor)
{
    char chunk[LAUNCH_STDERR_BYTES / 2];
    const ssize_t got = read(descriptor, chunk, sizeof chunk);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    size_t used = strlen(launch->errors);
    const size_t room = LAUNCH_STDERR_BYTES - 1;
    if (used + (size_t)got > room) {
        const size_t dropped = used + (size_t)got - room;
        memmove(launch->errors, launch->errors + dropped, used - dropped);
        used -= dropped;
    }
    for (ssize_t i = 0; i < got; i++) { // a zero would hide what follows
        launch->errors[used++] = (char)(chunk[i] ? chunk[i] : '?');
    }
    launch->errors[used] = '\0';
    return true;
}

// Reads both pipes until they end, the time is over or a signal comes.
static void collect(struct launch *launch, struct pipes *pipes, double deadline_seconds)
{
    while (pipes->output[0] >= 0 || pipes->errors[0] >= 0) {
        const double left_seconds = deadline_seconds - stopwatch_seconds();
        struct pollfd descriptors[] = {
            {.fd = pipes->output[0], .events = POLLIN},
            {.fd = pipes->errors[0], .events = POLLIN},
            {.fd = interrupt_fd(), .events = POLLIN},
        };
        if (left_seconds <= 0) {
            launch->timed_out = true;
            return;
        }
        const int ready = poll(descriptors, 3, (int)(left_seconds * 1000) + 1);
        if (interrupt_signal()) {
            launch->interrupted = true;
            return;
        }
        if (ready <= 0) {
            continue;
        }
        if (descriptors[0].revents && !read_output(launch, pipes->output[0])) {
            pipe_close(&pipes->output[0]);
        }
        if (descriptors[1].revents && !read_errors(launch, pipes->errors[0])) {
            pipe_close(&pipes->errors[0]);
        }
    }
}

// Waits for the child to end. A worker that closed its outputs and stays is timed out too; the
// polling costs nothing in the usual case, where the child has ended with its pipes.
static void reap(struct launch *launch, pid_t child, double deadline_seconds)
{
    while (!launch->timed_out && !launch->interrupted) {
        const pid_t ended = waitpid(child, &launch->wait_status, WNOHANG);
        if (ended == child) {
            kill(-child, SIGKILL); // whatever it may have started
            return;
        }
        launch->timed_out = stopwatch_seconds() > deadline_seconds;
        launch->interrupted = interrupt_signal() != 0;
        usleep(200);
    }
    kill(-child, SIGKILL);
    kill(child, SIGKILL); // should its group not exist yet
    while (waitpid(child, &launch->wait_status, 0) < 0 && errno == EINTR) {
    }
}

int launch_init(struct launch *launch, const char *const *arguments, size_t environment_bytes,
                double timeout_seconds)
{
    *launch = (struct launch){.output = allocate_zeroed(1, 1)};
    struct pipes pipes;
    int error = pipes_init(&pipes);
    if (error) {
        return error;
    }
    ASSERT(pipes.output[1] >= 0);
    ASSERT(pipes.errors[1] >= 0);
    char **const environment = environment_padded(environment_bytes);
    const pid_t parent = getpid();
    const double start_seconds = stopwatch_seconds();
    const pid_t child = fork();
    if (child == 0) {
        child_exec(&pipes, arguments, environment, parent);
    }
    error = child < 0 ? -errno : 0;
    environment_release(environment);
    if (!error) {
        setpgid(child, child); // in both, so that neither has to wait for the other
        pipe_close(&pipes.output[1]);
        pipe_close(&pipes.errors[1]);
        pipe_close(&pipes.exec_error[1]);
        int exec_errno = 0;
        ssize_t got = 0;
        do {
            got = read(pipes.exec_error[0], &exec_errno, sizeof exec_errno);
        } while (got < 0 && errno == EINTR);
        if (got == sizeof exec_errno) {
            error = exec_errno ? -exec_errno : -ECHILD;
        }
        const double deadline_seconds = start_seconds + timeout_seconds;
        collect(launch, &pipes, deadline_seconds);
        reap(launch, child, deadline_seconds);
        launch->elapsed_seconds = stopwatch_seconds() - start_seconds;
    }
    pipes_release(&pipes);
    return error;
}

void launch_release(struct launch *launch)
{
    free(launch->output);
    *launch = (struct launch){0};
}

void launch_describe_end(const struct launch *launch, char *text, size_t text_bytes)
{
    const int status = launch->wait_status;
    if (launch->timed_out) {
        snprintf(text, text_bytes, "no end after %.0f s", launch->elapsed_seconds);
    } else if (WIFSIGNALED(status)) {
        snprintf(text, text_bytes, "killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(text, text_bytes, "exit status %d", WEXITSTATUS(status));
    }
}
