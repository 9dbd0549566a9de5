#define _GNU_SOURCE // REG_RSP
#include "runtime/fault.h"

#include "runtime/coroutine_pool.h"
#include "runtime/fatal.h"
#include "runtime/growth.h"
#include "runtime/os_memory.h"
#include "runtime/proc.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <ucontext.h>

// Beside the frame: printing names reads symbol tables, with stdio. Touched only when it is used.
static const size_t HANDLER_BYTES = (size_t)256 << 10;

static const int fault_signals[] = {SIGSEGV, SIGBUS};
enum { FAULT_SIGNAL_COUNT = sizeof fault_signals / sizeof *fault_signals };
static bool installed[FAULT_SIGNAL_COUNT];

// The alternate stack that we gave this thread.
static __thread void *thread_stack;

// What the kernel pushes for a handler, all register state included.
static size_t stack_bytes(void)
{
    const size_t page_mask = 4095;
    size_t frame_bytes = getauxval(AT_MINSIGSTKSZ);
    if (frame_bytes < (size_t)MINSIGSTKSZ) {
        frame_bytes = MINSIGSTKSZ;
    }
    return (HANDLER_BYTES + frame_bytes + page_mask) & ~page_mask;
}

void fault_thread_enter(void)
{
    stack_t present;
    if (sigaltstack(NULL, &present) != 0 || !(present.ss_flags & SS_DISABLE)) {
        return;
    }
    thread_stack = os_memory_map(stack_bytes());
    const stack_t ours = {.ss_sp = thread_stack, .ss_size = stack_bytes()};
    if (thread_stack && sigaltstack(&ours, NULL) != 0) {
        os_memory_release(thread_stack, stack_bytes());
        thread_stack = NULL;
    }
}

void fault_thread_leave(void)
{
    stack_t present;
    if (thread_stack && sigaltstack(NULL, &present) == 0 && present.ss_sp == thread_stack) {
        const stack_t none = {.ss_flags = SS_DISABLE};
        sigaltstack(&none, NULL);
        os_memory_release(thread_stack, stack_bytes());
    }
    thread_stack = NULL;
}

static const char *strategy_name(void)
{
    static const char *const names[] = {
        [STACK_CONTIGUOUS] = "contiguous",
        [STACK_SEGMENTED] = "segmented",
        [STACK_RESERVED] = "reserved",
    };
    return names[growth_config.strategy];
}

struct search {
    const void *address;
    const struct coroutine *found;
};

static void look(struct coroutine *coroutine, void *context)
{
    struct search *const search = context;
    if (coroutine->stack && growth_contains(coroutine, search->address)) {
        search->found = coroutine;
    }
}

// Other workers go on meanwhile; what they change under our eyes can spoil the report only.
static void report(const char *signal_name, const void *address, const void *sp)
{
    const struct proc *const proc = proc_current;
    const struct coroutine *const coroutine = proc->running;
    const bool on_own_stack = growth_contains(coroutine, sp);
    fatal_begin();
    fprintf(stderr, "fatal error: %s at address %p: coroutine %llu, on %s\n", signal_name, address,
            (unsigned long long)coroutine->id, on_own_stack ? "its own stack" : "the system stack");
    fprintf(stderr, "its stack: %s, %zu bytes", strategy_name(),
            growth_size_bytes(coroutine->stack));
    if (on_own_stack) {
        fprintf(stderr, ", stack pointer %p", sp);
    }
    fputc('\n', stderr);
    struct search search = {.address = address};
    coroutine_pool_each(look, &search);
    if (search.found) {
        fprintf(stderr, "the address lies in the stack of coroutine %llu\n",
                (unsigned long long)search.found->id);
    }
    fprintf(stderr, "\ncoroutine %llu [running]:\n", (unsigned long long)coroutine->id);
    fatal_backtrace();
}

// The handler is gone by now (SA_RESETHAND): a fault in here, or coming back to the one that
// brought us here, ends the process.
static void handle(int signal_number, siginfo_t *info, void *context)
{
    const bool by_instruction = info->si_code > 0;
    if (by_instruction && proc_current && proc_current->running) {
        report(signal_number == SIGSEGV ? "SIGSEGV" : "SIGBUS", info->si_addr,
               CONTEXT_SIGNAL_SP(context));
    }
    if (!by_instruction) {
        raise(signal_number); // by somebody: it would not come again by itself
    }
}

void fault_init(void)
{
    for (int i = 0; i < FAULT_SIGNAL_COUNT; i++) {
        struct sigaction present;
        struct sigaction action = {.sa_sigaction = handle,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};
        sigemptyset(&action.sa_mask);
        installed[i] = sigaction(fault_signals[i], NULL, &present) == 0 &&
                       present.sa_handler == SIG_DFL &&
                       sigaction(fault_signals[i], &action, NULL) == 0;
    }
}

void fault_release(void)
{
    for (int i = 0; i < FAULT_SIGNAL_COUNT; i++) {
        struct sigaction present;
        if (installed[i] && sigaction(fault_signals[i], NULL, &present) == 0 &&
            (present.sa_flags & SA_SIGINFO) && present.sa_sigaction == handle) {
            signal(fault_signals[i], SIG_DFL);
        }
        installed[i] = false;
    }
}
