// Programs that are wrong about memory of a coroutine's stack, under AddressSanitizer: it finds
// each of them, by its name, on stacks of every strategy, before and after they have moved. That it
// finds nothing in programs that are right is what the rest of the suite shows.
#include "tests/test.h"

#include "runtime/runtime.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { ROW_BYTES = 24, DEPTH = 400 };

static volatile size_t row_bytes = ROW_BYTES; // the compiler does not know

// ---- the errors ---------------------------------------------------------------------------------
NOINLINE static void overflow_here(char *outer)
{
    char row[ROW_BYTES];
    memset(row, *outer, sizeof row);
    __asm__ volatile("" : : "r"(row) : "memory");
    row[row_bytes] = 1;
}

// The frame that the byte lies beside has moved since it was entered, unless nothing moves.
NOINLINE static void overflow_outer(char *outer)
{
    outer[row_bytes] = 1;
}

NOINLINE static void overflow_in_libc(char *outer)
{
    memset(outer, 1, row_bytes + 1);
}

NOINLINE static void use_after_scope(char *outer)
{
    char *volatile kept = outer;
    for (size_t i = 0; i < row_bytes; i++) {
        char inner[ROW_BYTES];
        inner[i] = outer[i];
        kept = inner;
        __asm__ volatile("" : : "r"(inner) : "memory");
    }
    *kept = 1;
}

NOINLINE static char *escaped(char *outer)
{
    char local[ROW_BYTES];
    memcpy(local, outer, sizeof local);
    char *volatile result = local;
    return result;
}

NOINLINE static void use_after_return(char *outer)
{
    char *const local = escaped(outer);
    *local = 1;
}

// Where `outer` was before the stack moved, hidden from being moved along.
static uintptr_t hidden;

NOINLINE static void use_after_move(char *outer)
{
    (void)outer;
    *(volatile char *)~hidden = 1;
}

static void leave_address(void *arg)
{
    char local[ROW_BYTES];
    (void)arg;
    hidden = ~(uintptr_t)local;
    __asm__ volatile("" : : "r"(local) : "memory");
}

NOINLINE static void use_after_end(char *outer)
{
    (void)outer;
    coroutine_spawn(leave_address, NULL);
    coroutine_yield();
    *(volatile char *)~hidden = 1;
}

// ---- where they happen --------------------------------------------------------------------------
struct error {
    const char *name;
    void (*commit)(char *outer);
    const char *said; // by AddressSanitizer
    const char *variable;
    bool is_outer; // on segmented stacks in another segment, where it is found, but not by name
    bool only_contiguous;
};

static const struct error errors[] = {
    {"overflow", overflow_here, "stack-buffer-overflow", "'row'", false, false},
    {"overflow of an outer frame", overflow_outer, "stack-buffer-overflow", "'outer_row'", true,
     false},
    {"overflow in memset", overflow_in_libc, "stack-buffer-overflow", "'outer_row'", true, false},
    {"use after scope", use_after_scope, "stack-use-after-scope", "'inner'", false, false},
    {"use after return", use_after_return, "stack-use-after-return", "'local'", false, false},
    {"use after a move", use_after_move, "use-after-poison", NULL, false, true},
    {"use after the end", use_after_end, "use-after-poison", NULL, false, false},
};

static const struct error *error;

NOINLINE static void descend(unsigned depth, char *outer)
{
    char here[ROW_BYTES];
    memset(here, (int)depth, sizeof here);
    __asm__ volatile("" : : "r"(here) : "memory");
    if (depth > 0) {
        descend(depth - 1, outer);
    } else {
        error->commit(outer);
    }
    __asm__ volatile("" : : "r"(here) : "memory");
}

static void begin_at_top(void *arg)
{
    char outer_row[ROW_BYTES];
    memset(outer_row, 0, sizeof outer_row);
    hidden = ~(uintptr_t)outer_row;
    descend(*(const unsigned *)arg, outer_row);
    __asm__ volatile("" : : "r"(outer_row) : "memory");
}

static unsigned depth;

static void spawn_and_wait(void *arg)
{
    (void)arg;
    coroutine_spawn(begin_at_top, &depth);
    for (int i = 0; i < 10; i++) {
        coroutine_yield();
    }
}

// What ASAN_OPTIONS=detect_stack_use_after_return=1 sets.
extern int __asan_option_detect_stack_use_after_return;

static void run_child(void *arg)
{
    __asan_option_detect_stack_use_after_return = error->commit == use_after_return;
    runtime_run(arg, spawn_and_wait, NULL);
}

static void expect(const struct runtime_config *config)
{
    int status;
    const char *const said = test_in_child(run_child, (void *)(uintptr_t)config, &status);
    const bool is_named =
        error->variable && !(error->is_outer && config->stack_strategy == STACK_SEGMENTED);
    const bool found = !(WIFEXITED(status) && WEXITSTATUS(status) == 0) &&
                       strstr(said, error->said) != NULL &&
                       (!is_named || strstr(said, error->variable) != NULL);
    CHECK(found);
    if (!found) {
        fprintf(stderr, "%s, strategy %d, stress %u, depth %u: %s\n", error->name,
                (int)config->stack_strategy, config->stress, depth, said);
    }
}

TEST(errors_are_found_under_every_strategy)
{
    for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
        error = &errors[e];
        for (unsigned strategy = 0; strategy <= STACK_RESERVED; strategy++) {
            for (unsigned deep = 0; deep < 2; deep++) {
                const struct runtime_config config = {.procs = 1, .stack_strategy = strategy};
                const struct runtime_config stressed = {
                    .procs = 1, .stack_strategy = strategy, .stress = STRESS_STACK_MOVE};
                depth = deep * DEPTH;
                if (!error->only_contiguous) {
                    expect(&config);
                    expect(&stressed);
                } else if (strategy == STACK_CONTIGUOUS && deep) {
                    expect(&config);
                }
            }
        }
    }
}
