// Signals on coroutines: a stack for handlers, and a report when a coroutine touches memory that it
// must not.
//
// A signal frame alone may be larger than a coroutine's stack (3.4 KiB with AVX-512's registers),
// so each worker has an alternate stack; the program's handlers use it when they are installed with
// SA_ONSTACK. A thread that has one already keeps it.
#ifndef RUNTIME_FAULT_H
#define RUNTIME_FAULT_H

// Installs the handler of SIGSEGV and SIGBUS, unless the program, or a sanitizer, has its own. It
// says which coroutine did it and on what stack, prints its backtrace, and lets the signal do what
// it does without a handler.
void fault_init(void);
void fault_release(void);

// Gives the calling thread an alternate stack, and takes it away. Without memory for one, handlers
// run on whatever stack is in use.
void fault_thread_enter(void);
void fault_thread_leave(void);

#endif
