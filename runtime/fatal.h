// Fatal errors of the runtime: a message, the backtrace of the running coroutine, abort().
#ifndef RUNTIME_FATAL_H
#define RUNTIME_FATAL_H

// Prints "fatal error: MESSAGE" and a backtrace of the running coroutine on stderr, then aborts.
// May be called on a coroutine's stack or on the system stack; it moves to the system stack by
// itself. The arguments must not point into the coroutine's stack.
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2), cold));

// Prints "fatal error: all coroutines are asleep: deadlock" with what each coroutine waits for and
// where, and aborts. Call it on the system stack while no coroutine runs.
_Noreturn void fatal_deadlock(void) __attribute__((cold));

// For other reports of that kind: nobody else prints from here on; the frames of whoever calls.
void fatal_begin(void);
void fatal_backtrace(void);

#endif
