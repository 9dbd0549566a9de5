#include "runtime/hosted.h"

#include "base/die.h"
#include "runtime/runtime.h"

#include <string.h>

// What a thread has by default.
static const size_t HOSTED_STACK_BYTES = (size_t)8 << 20;

struct program {
    int (*body)(int argc, char **argv, char **environment);
    int argc;
    char **argv;
    char **environment;
    int status;
};

static void run_body(void *arg)
{
    struct program *const program = arg;
    program->status = program->body(program->argc, program->argv, program->environment);
}

int hosted_run(int (*body)(int argc, char **argv, char **environment), int argc, char **argv,
               char **environment)
{
    struct program program = {.body = body, .argc = argc, .argv = argv, .environment = environment};
    const struct runtime_config config = {
        .procs = 1, .gc_off = true, .stack_bytes_min = HOSTED_STACK_BYTES};
    const int error = runtime_run(&config, run_body, &program);
    if (error != 0) {
        die("the runtime cannot start: %s", strerror(-error));
    }
    return program.status;
}
