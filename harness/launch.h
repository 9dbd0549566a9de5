// Starts one program and waits for it, with its output captured: the mechanics of a launch.
//
// The program runs in a process group of its own, reads /dev/null, dies with its parent, and is
// killed with its whole group on a timeout and on an interrupt (harness/interrupt.h).
#ifndef HARNESS_LAUNCH_H
#define HARNESS_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

// What is kept of stderr: enough for the last message with a backtrace.
enum { LAUNCH_STDERR_BYTES = 4096 };

struct launch {
    char *output; // stdout, with a terminating zero
    size_t output_bytes;
    char errors[LAUNCH_STDERR_BYTES]; // the end of stderr, with a terminating zero
    int wait_status;                  // as waitpid() gives it
    bool timed_out;
    bool interrupted;
    double elapsed_seconds; // from fork to exit
};

// Runs arguments[0] (a path) with these arguments, NULL at the end, and an environment that is
// `environment_bytes` larger by one variable. Returns 0 when the program was started, however it
// ended, or -errno when it was not. The caller releases in both cases.
int launch_init(struct launch *launch, const char *const *arguments, size_t environment_bytes,
                double timeout_seconds);

void launch_release(struct launch *launch);

// How it ended, for a message: "exit status 3", "killed by signal 9 (Killed)", ...
void launch_describe_end(const struct launch *launch, char *text, size_t text_bytes);

#endif
