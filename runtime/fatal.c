// Backtraces use the unwind tables: every frame of -fsplit-stack code, the switches of x86_64/
// included, has one, and gcc's unwinder walks them from the system stack into the coroutine's
// (context_call.S).
#include "runtime/fatal.h"

#include "runtime/context.h"
#include "runtime/coroutine_pool.h"
#include "runtime/lock.h"
#include "runtime/proc.h"
#include "runtime/symbol.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unwind.h>

enum {
    FRAME_COUNT_MAX = 50,     // of one coroutine: a runaway recursion shows its pattern in fewer
    COROUTINE_COUNT_MAX = 100 // of a deadlock
};

static _Unwind_Reason_Code print_frame(struct _Unwind_Context *context, void *arg)
{
    int *frame_count = arg;
    if ((*frame_count)++ == FRAME_COUNT_MAX) {
        fprintf(stderr, "    ... more frames\n");
        return _URC_END_OF_STACK;
    }
    int before_instruction = 0;
    const uintptr_t address = _Unwind_GetIPInfo(context, &before_instruction);
    if (address == 0) {
        return _URC_END_OF_STACK;
    }
    // A return address belongs to the call before it.
    const uintptr_t place = before_instruction ? address : address - 1;
    fprintf(stderr, "    ");
    symbol_print(stderr, (const void *)place);
    fputc('\n', stderr);
    return _URC_NO_REASON;
}

static void print_backtrace(void *unused)
{
    (void)unused;
    int frame_count = 0;
    _Unwind_Backtrace(print_frame, &frame_count);
}

void fatal_backtrace(void)
{
    print_backtrace(NULL);
}

// One error is enough: whoever comes second waits for the end of the process.
void fatal_begin(void)
{
    static struct lock printing;
    lock_acquire(&printing);
    fflush(stdout);
}

struct message {
    const char *format;
    va_list *arguments;
};

static void print_and_abort(void *arg)
{
    struct message *message = arg;
    fatal_begin();
    fprintf(stderr, "fatal error: ");
    vfprintf(stderr, message->format, *message->arguments);
    fputc('\n', stderr);
    const struct proc *proc = proc_current;
    if (proc && proc->running) {
        fprintf(stderr, "\ncoroutine %llu [running]:\n", (unsigned long long)proc->running->id);
    }
    fatal_backtrace();
    abort();
}

_Noreturn void fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message message = {.format = format, .arguments = &arguments};
    proc_call_system(print_and_abort, &message);
    abort();
}

static void print_parked(struct coroutine *coroutine, void *context)
{
    size_t *const count = context;
    if ((*count)++ < COROUTINE_COUNT_MAX) {
        fprintf(stderr, "\ncoroutine %llu [%s]:\n", (unsigned long long)coroutine->id,
                coroutine->waits_for ? coroutine->waits_for : "lost");
        context_visit(coroutine->sp, print_backtrace, NULL);
    }
}

_Noreturn void fatal_deadlock(void)
{
    fatal_begin();
    fprintf(stderr, "fatal error: all coroutines are asleep: deadlock\n");
    size_t count = 0;
    coroutine_pool_each(print_parked, &count);
    if (count > COROUTINE_COUNT_MAX) {
        fprintf(stderr, "\n... %zu more coroutines\n", count - COROUTINE_COUNT_MAX);
    }
    abort();
}
