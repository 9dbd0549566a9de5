// What is the program's own code is decided by exclusion: it lies in the executable, and not in the
// section that the Makefile puts the runtime's functions into. Where it is, nothing is held that a
// stopped world needs: the runtime calls nothing of the program while it has a lock, and nothing of
// libgcc, which is part of the executable. What libc calls (qsort() a comparison, say) may stop as
// well; what its caller holds is the program's concern, and world_ask.c's, which lets those go on
// that have been stopped here when others do not stop.
#define _GNU_SOURCE // REG_RIP
#include "runtime/stop_signal.h"

#include "runtime/clock.h"
#include "runtime/coroutine_state.h"
#include "runtime/proc.h"
#include "runtime/stack.h"
#include "runtime/world.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static const int STOP_SIGNAL = SIGURG;

// The linker's: the executable's code, the runtime's part of it, the table of sequences.
extern const char __executable_start[] __attribute__((weak));
extern const char etext[] __attribute__((weak));
extern const char __start_escapement_text[] __attribute__((weak));
extern const char __stop_escapement_text[] __attribute__((weak));

// Where a sequence begins and ends, relative to these words themselves.
struct sequence {
    int32_t start;
    int32_t end;
};
extern const struct sequence __start_escapement_sequences[] __attribute__((weak));
extern const struct sequence __stop_escapement_sequences[] __attribute__((weak));

static bool installed;

static bool is_between(uintptr_t address, const char *start, const char *end)
{
    return address >= (uintptr_t)start && address < (uintptr_t)end;
}

static bool is_program(uintptr_t pc)
{
    return is_between(pc, __executable_start, etext) &&
           !is_between(pc, __start_escapement_text, __stop_escapement_text);
}

static uintptr_t start_of(const struct sequence *sequence)
{
    return (uintptr_t)&sequence->start + (intptr_t)sequence->start;
}

// Where to go on: at the beginning of a sequence that has begun and not reached its last
// instruction.
static uintptr_t resumption(uintptr_t pc)
{
    for (const struct sequence *sequence = __start_escapement_sequences;
         sequence < __stop_escapement_sequences; sequence++) {
        const uintptr_t start = start_of(sequence);
        const uintptr_t end = (uintptr_t)&sequence->end + (intptr_t)sequence->end;
        if (pc > start && pc < end) {
            return start;
        }
    }
    return pc;
}

static void stop(struct proc *proc, ucontext_t *context, char *sp)
{
    stack_t alternate;
    if (sigaltstack(NULL, &alternate) != 0 || !(alternate.ss_flags & SS_ONSTACK)) {
        return; // our frames are on the coroutine's stack, where there may be no room
    }
    struct coroutine *const coroutine = proc->running;
    proc->on_system = true;
    coroutine->sp = sp;
    proc->stopped_sp = (const char *)context;
    proc->stopped_end = (const char *)alternate.ss_sp + alternate.ss_size;
    if (world_stop_interrupted(proc)) {
        CONTEXT_SIGNAL_GO_ON(context, resumption(CONTEXT_SIGNAL_PC(context)));
    }
    proc->stopped_end = NULL;
    __atomic_store_n(&coroutine->sp, NULL, __ATOMIC_RELAXED);
    proc->on_system = false;
    proc_limit_set(proc, coroutine->stack_limit);
}

static void handle(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    const int saved_errno = errno;
    struct proc *const proc = proc_current;
    if (proc && proc->running && !proc->on_system && is_program(CONTEXT_SIGNAL_PC(context))) {
        char *const sp = CONTEXT_SIGNAL_SP(context);
        char *const lowest = sp - CONTEXT_RED_ZONE_BYTES;
        if (stack_contains(proc->running->stack, lowest) &&
            (uintptr_t)lowest % sizeof(uint64_t) == 0) {
            stop(proc, context, lowest);
        }
    }
    errno = saved_errno;
}

static bool is_off(void)
{
    const char *const choice = getenv("ESCAPEMENT_STOP_SIGNAL");
    return choice && strcmp(choice, "off") == 0;
}

// Functions of libc that the runtime calls on coroutines' stacks, where it may hold a lock. Such a
// call leads into the executable when the program has a function of that name, and, through the
// linker's stub, when it lies at a fixed address and takes the function's.
static bool calls_program(void)
{
    const uintptr_t called[] = {
        (uintptr_t)memcpy,   (uintptr_t)memmove,     (uintptr_t)memset,
        (uintptr_t)mmap,     (uintptr_t)munmap,      (uintptr_t)madvise,
        (uintptr_t)mprotect, (uintptr_t)sched_yield, (uintptr_t)syscall,
    };
    for (size_t i = 0; i < sizeof called / sizeof *called; i++) {
        if (is_program(called[i])) {
            return true;
        }
    }
    return false;
}

// Of the runtime's own code there are sequences as well. A linker that drops the table, because
// nothing refers to its parts (lld with --gc-sections), drops those too.
static bool table_is_complete(void)
{
    bool has_own = false;
    for (const struct sequence *sequence = __start_escapement_sequences;
         sequence < __stop_escapement_sequences; sequence++) {
        if (sequence->start == 0) {
            return false;
        }
        has_own |= !is_program(start_of(sequence));
    }
    return has_own;
}

static bool is_available(void)
{
    struct sigaction present;
    return sigaction(STOP_SIGNAL, NULL, &present) == 0 && present.sa_handler == SIG_DFL &&
           CONTEXT_CHECKS_STACK && !FIBRE_USES_VECTORS && getauxval(AT_BASE) != 0 && !is_off() &&
           &__start_escapement_text[0] != &__stop_escapement_text[0] && !calls_program() &&
           table_is_complete();
}

void stop_signal_init(void)
{
    struct sigaction action = {.sa_sigaction = handle,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    installed = is_available() && sigaction(STOP_SIGNAL, &action, NULL) == 0;
}

void stop_signal_release(void)
{
    struct sigaction present;
    if (installed && sigaction(STOP_SIGNAL, NULL, &present) == 0 &&
        (present.sa_flags & SA_SIGINFO) && present.sa_sigaction == handle) {
        signal(STOP_SIGNAL, SIG_DFL);
    }
    installed = false;
}

static uint64_t used_ns(const struct proc *proc)
{
    struct timespec used;
    return installed && clock_gettime(proc->used_clock, &used) == 0
               ? (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec
               : 0;
}

void stop_signal_look(struct proc *proc)
{
    proc->used_ns = used_ns(proc);
}

void stop_signal_send(struct proc *proc)
{
    if (used_ns(proc) != proc->used_ns) {
        pthread_kill(proc->self, STOP_SIGNAL);
    }
}
