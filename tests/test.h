// The test framework: TEST(name) { CHECK(...); } in any file, linked with tests/test_main.c.
//
// Every test runs; a failed CHECK is reported with its values and the test goes on. The program
// prints a line a test and ends with "N passed, N failed"; it exits with status 1 when one failed.
// Arguments select tests whose name contains one of them.
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdbool.h>
#include <stdint.h>

struct test {
    const char *name;
    void (*run)(void);
    struct test *next;
};

void test_register(struct test *test);

// Reports a failed check of the running test.
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Runs fn(arg) in a child process and returns what it wrote to stderr (in a static buffer, cut at
// 64 KiB) with its wait status in *status. For fatal errors: fn is expected not to return. The
// child is killed after 60 seconds.
const char *test_in_child(void (*fn)(void *), void *arg, int *status);

// How many times longer than in `make test` a test of random operations should run: the environment
// variable TEST_LENGTH, 1 without it.
unsigned test_length(void);

#define TEST(test_name)                                                                            \
    static void test_name(void);                                                                   \
    __attribute__((constructor)) static void register_##test_name(void)                            \
    {                                                                                              \
        static struct test test = {.name = #test_name, .run = test_name};                          \
        test_register(&test);                                                                      \
    }                                                                                              \
    static void test_name(void)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                       \
        }                                                                                          \
    } while (0)

#define CHECK_EQUAL(got, expected)                                                                 \
    do {                                                                                           \
        const long long got_value = (long long)(got), expected_value = (long long)(expected);      \
        if (got_value != expected_value) {                                                         \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %lld (%s)", #got, got_value,            \
                      expected_value, #expected);                                                  \
        }                                                                                          \
    } while (0)

#endif
