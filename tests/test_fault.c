// Signals: handlers while stacks are small and move, and what a fault on a coroutine says.
#include "tests/test.h"

#include "runtime/runtime.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { STRATEGY_COUNT = 3 };

// ---- handlers -----------------------------------------------------------------------------------
static _Atomic(uint64_t) handled_count;

static void count_signal(int signal_number)
{
    // More than a small stack has.
    volatile char bytes[8192];
    bytes[0] = (char)signal_number;
    bytes[8191] = bytes[0];
    atomic_fetch_add(&handled_count, 1);
}

NOINLINE static uint64_t descend(uint64_t depth, const uint64_t *above)
{
    const uint64_t here[3] = {*above + 1, depth, *above};
    __asm__ volatile("" : : "r"(here) : "memory");
    return depth == 0 ? here[0] : descend(depth - 1, here) + (here[1] == depth) + here[2] - *above;
}

static _Atomic(bool) wrong;

static void descend_often(void *arg)
{
    struct channel *const done = arg;
    const uint64_t zero = 0;
    for (uint64_t i = 0; i < 20; i++) {
        if (descend(i * 7 % 300, &zero) != 2 * (i * 7 % 300) + 1) {
            atomic_store(&wrong, true);
        }
        coroutine_yield();
    }
    channel_send(done, NULL);
}

static void descend_until_signalled(void *arg)
{
    (void)arg;
    struct channel *const done = channel_new(0, 0);
    while (atomic_load(&handled_count) < 20) {
        for (int i = 0; i < 10; i++) {
            coroutine_spawn(descend_often, done);
        }
        for (int i = 0; i < 10; i++) {
            channel_receive(done, NULL);
        }
    }
}

TEST(handlers_on_their_own_stack_disturb_nothing)
{
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_ONSTACK | SA_RESTART};
    struct sigaction before;
    sigaction(SIGALRM, &action, &before);
    const struct itimerval often = {.it_interval = {.tv_usec = 1000},
                                    .it_value = {.tv_usec = 1000}};
    setitimer(ITIMER_REAL, &often, NULL);
    // Under stress the handler's own prologue calls __morestack, too.
    for (unsigned i = 0; i < 2 * STRATEGY_COUNT; i++) {
        atomic_store(&handled_count, 0);
        const struct runtime_config config = {
            .procs = 2,
            .stack_strategy = i % STRATEGY_COUNT,
            .stress = i < STRATEGY_COUNT ? 0 : STRESS_STACK_MOVE,
        };
        CHECK_EQUAL(runtime_run(&config, descend_until_signalled, NULL), 0);
        CHECK(!atomic_load(&wrong));
    }
    const struct itimerval never = {0};
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
}

static void do_nothing(void *arg)
{
    (void)arg;
}

TEST(the_thread_gets_its_alternate_stack_back)
{
    stack_t before;
    stack_t after;
    sigaltstack(NULL, &before);
    CHECK_EQUAL(runtime_run(NULL, do_nothing, NULL), 0);
    sigaltstack(NULL, &after);
    CHECK_EQUAL(after.ss_flags, before.ss_flags);
    CHECK(after.ss_sp == before.ss_sp);
    struct sigaction action;
    sigaction(SIGSEGV, NULL, &action);
#ifndef __SANITIZE_ADDRESS__
#ifndef __SANITIZE_THREAD__
    CHECK(action.sa_handler == SIG_DFL);
#endif
#endif
}

// ---- faults -------------------------------------------------------------------------------------
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static enum stack_strategy child_strategy;

static volatile uintptr_t nowhere = 16;

NOINLINE static void write_nowhere(uint64_t depth)
{
    uint64_t words[100];
    memset(words, 1, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
    if (depth == 0) {
        *(volatile char *)nowhere = 1;
    } else {
        write_nowhere(depth - 1);
    }
    __asm__ volatile("" : : "r"(words) : "memory");
}

static void write_deep(void *arg)
{
    (void)arg;
    write_nowhere(10);
    __asm__ volatile(""); // not a tail call
}

static void spawn_and_wait(void *arg)
{
    coroutine_spawn(arg, NULL);
    coroutine_yield();
}

static void run_child(void *arg)
{
    const struct runtime_config config = {
        .procs = 1, .stack_strategy = child_strategy, .stress = STRESS_STACK_MOVE};
    runtime_run(&config, spawn_and_wait, arg);
}

TEST(a_fault_names_the_coroutine_and_its_strategy)
{
    static const char *const names[] = {"contiguous", "segmented", "reserved"};
    for (unsigned i = 0; i < STRATEGY_COUNT; i++) {
        child_strategy = i;
        int status;
        const char *said = test_in_child(run_child, write_deep, &status);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
        CHECK(strstr(said, "SIGSEGV at address 0x10: coroutine 2, on its own stack") != NULL);
        CHECK(strstr(said, names[i]) != NULL);
        int count = 0;
        for (const char *at = said; (at = strstr(at, "write_nowhere")); at++) {
            count++;
        }
        CHECK_EQUAL(count, 11);
        CHECK(strstr(said, "write_deep") != NULL);
    }
}

static void write_on_system_stack(void *arg)
{
    coroutine_on_system_stack(write_deep, arg);
    __asm__ volatile("");
}

TEST(a_fault_on_the_system_stack_says_so)
{
    int status;
    child_strategy = STACK_CONTIGUOUS;
    const char *said = test_in_child(run_child, write_on_system_stack, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK(strstr(said, "coroutine 2, on the system stack") != NULL);
    CHECK(strstr(said, "write_on_system_stack") != NULL);
}

// The address of a local, hidden from relocation, used after the stack has moved.
static uintptr_t hidden;

NOINLINE static void use_hidden(void)
{
    *(volatile uint64_t *)~hidden = 1;
}

static void keep_stale_address(void *arg)
{
    uint64_t local = 0;
    (void)arg;
    hidden = ~(uintptr_t)&local;
    use_hidden();
    __asm__ volatile("" : : "r"(&local) : "memory");
}

TEST(stress_turns_a_stale_address_into_a_fault)
{
    int status;
    child_strategy = STACK_CONTIGUOUS;
    const char *said = test_in_child(run_child, keep_stale_address, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK(strstr(said, "use_hidden") != NULL);
    child_strategy = STACK_RESERVED;
    test_in_child(run_child, keep_stale_address, &status);
    CHECK_EQUAL(status, 0);
}

static void exit_seven(int signal_number)
{
    (void)signal_number;
    _exit(7);
}

static void run_with_handler(void *arg)
{
    struct sigaction action = {.sa_handler = exit_seven, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    run_child(arg);
}

TEST(a_handler_of_the_program_comes_first)
{
    int status;
    const char *said = test_in_child(run_with_handler, write_deep, &status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(strstr(said, "fatal error") == NULL);
}

static void raise_it(void *arg)
{
    (void)arg;
    kill(getpid(), SIGSEGV);
    for (int i = 0; i < 1000; i++) {
        coroutine_yield();
    }
}

TEST(a_signal_that_was_sent_ends_the_process_without_a_report)
{
    int status;
    const char *said = test_in_child(run_child, raise_it, &status);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK(strstr(said, "fatal error") == NULL);
}
#endif
