// Waiting for a word of memory to change, without a thread library: the system calls need next to
// no stack, so that a coroutine may use them on its own.
#ifndef RUNTIME_FUTEX_H
#define RUNTIME_FUTEX_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Sleeps while *word is `value`, but no longer than timeout_ns (0: no limit). May return early for
// no reason: callers look at the word again.
static inline void futex_wait(_Atomic(uint32_t) *word, uint32_t value, uint64_t timeout_ns)
{
    const struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000u),
                                     .tv_nsec = (long)(timeout_ns % 1000000000u)};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout_ns ? &timeout : NULL, NULL, 0);
}

// Wakes up to `count` threads that sleep on the word.
static inline void futex_wake(_Atomic(uint32_t) *word, int count)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

#endif
