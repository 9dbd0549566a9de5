#ifndef _GNU_SOURCE
#define _GNU_SOURCE // pipe2
#endif
#include "harness/interrupt.h"

#include "base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

// Signal handlers reach nothing but file scope.
static volatile sig_atomic_t caught;
static int pipe_ends[2] = {-1, -1};

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static void on_signal(int signal_number)
{
    const int saved = errno;
    caught = signal_number;
    // A full pipe is as readable as one could wish: the result does not matter.
    if (write(pipe_ends[1], "", 1) < 0) {
        errno = saved;
    }
    errno = saved;
}

void interrupt_init(void)
{
    if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        die("cannot make a pipe: %s", strerror(errno));
    }
    // No SA_RESTART: a wait is interrupted.
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction before;
        sigaction(signals[i], NULL, &before);
        if (before.sa_handler != SIG_IGN) { // as under nohup
            sigaction(signals[i], &action, NULL);
        }
    }
    signal(SIGPIPE, SIG_IGN);
}

int interrupt_signal(void)
{
    return caught;
}

int interrupt_fd(void)
{
    return pipe_ends[0];
}

int interrupt_status(void)
{
    return 128 + caught;
}

void interrupt_reset_in_child(void)
{
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        signal(signals[i], SIG_DFL);
    }
    signal(SIGPIPE, SIG_DFL);
}
