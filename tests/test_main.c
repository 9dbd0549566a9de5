#include "tests/test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_OUTPUT_BYTES = 64 * 1024, CHILD_SECONDS = 60 };

static struct test *tests;
static bool failed;

void test_register(struct test *test)
{
    // Appended, so that tests run in the order of the file.
    struct test **link = &tests;
    while (*link) {
        link = &(*link)->next;
    }
    *link = test;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    failed = true;
    fprintf(stderr, "%s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

const char *test_in_child(void (*fn)(void *), void *arg, int *status)
{
    static char output[CHILD_OUTPUT_BYTES];
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0) {
        perror("pipe");
        exit(2);
    }
    const pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(CHILD_SECONDS);
        fn(arg);
        _exit(0);
    }
    close(ends[1]);
    size_t used_bytes = 0;
    for (;;) {
        char discarded[4096];
        const bool full = used_bytes == sizeof output - 1;
        const ssize_t count =
            full ? read(ends[0], discarded, sizeof discarded)
                 : read(ends[0], output + used_bytes, sizeof output - 1 - used_bytes);
        if (count <= 0) {
            break;
        }
        used_bytes += full ? 0 : (size_t)count;
    }
    output[used_bytes] = 0;
    close(ends[0]);
    waitpid(child, status, 0);
    return output;
}

unsigned test_length(void)
{
    const char *const text = getenv("TEST_LENGTH");
    const long length = text ? strtol(text, NULL, 10) : 1;
    return length > 0 && length < 1000000 ? (unsigned)length : 1;
}

static bool selected(const char *name, int argument_count, char **arguments)
{
    for (int i = 1; i < argument_count; i++) {
        if (strstr(name, arguments[i])) {
            return true;
        }
    }
    return argument_count < 2;
}

int main(int argument_count, char **arguments)
{
    int passed_count = 0;
    int failed_count = 0;
    for (struct test *test = tests; test; test = test->next) {
        if (!selected(test->name, argument_count, arguments)) {
            continue;
        }
        failed = false;
        test->run();
        printf("%s %s\n", failed ? "FAIL" : "ok  ", test->name);
        fflush(stdout);
        *(failed ? &failed_count : &passed_count) += 1;
    }
    printf("%d passed, %d failed\n", passed_count, failed_count);
    return failed_count > 0;
}
