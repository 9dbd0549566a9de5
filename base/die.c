#include "base/die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *program_name;

void die_program_name(const char *name)
{
    program_name = name;
}

_Noreturn void die(const char *format, ...)
{
    // What was already printed comes first, so that the message is the last thing read.
    fflush(stdout);
    if (program_name) {
        fprintf(stderr, "%s: ", program_name);
    }
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

_Noreturn void die_assert(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
