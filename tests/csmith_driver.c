// Runs a program of csmith's (scripts/check_csmith.sh), whose main() is called program_main(), on a
// plain thread or on a coroutine.
//
//   csmith_driver thread|contiguous|segmented|reserved [STRESS]
//
// Compiled without -fsplit-stack.
#include "runtime/runtime.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int program_main(int argument_count, char **arguments);

// printf() of the program: a coroutine's stack is too small for libc's.
int program_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct message {
    const char *format;
    va_list *arguments;
    int result;
};

static void print(void *arg)
{
    struct message *const message = arg;
    message->result = vprintf(message->format, *message->arguments);
}

int program_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message message = {.format = format, .arguments = &arguments};
    coroutine_on_system_stack(print, &message);
    va_end(arguments);
    return message.result;
}

static void run(void *unused)
{
    (void)unused;
    program_main(0, NULL);
}

static void *run_thread(void *arg)
{
    run(arg);
    return NULL;
}

int main(int argument_count, char **arguments)
{
    static const char *const names[] = {
        [STACK_CONTIGUOUS] = "contiguous",
        [STACK_SEGMENTED] = "segmented",
        [STACK_RESERVED] = "reserved",
    };
    if (argument_count < 2) {
        return 2;
    }
    struct runtime_config config = {.procs = 1};
    if (argument_count > 2) {
        config.stress = (unsigned)strtoul(arguments[2], NULL, 0);
    }
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(arguments[1], names[i]) == 0) {
            config.stack_strategy = i;
            return runtime_run(&config, run, NULL) ? 1 : 0;
        }
    }
    pthread_t thread;
    return pthread_create(&thread, NULL, run_thread, NULL) || pthread_join(thread, NULL);
}
