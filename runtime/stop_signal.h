// Stopping a coroutine that has no safepoint ahead: a loop without calls may run for milliseconds.
//
// Its thread gets a signal (SIGURG, as in Go: ignored by default, and so harmless when it comes
// late). The handler stops the coroutine where it is, if that is the program's own code; its
// registers, which the kernel has stored on the alternate stack, are roots then. Elsewhere the
// signal does nothing, and there will be another: the runtime's functions hold locks, libc's may.
//
// Only threads that use their processor get it, so that those which sleep in a system call do not
// return from it with EINTR.
//
// Not available, and then nobody is asked: on other architectures than x86-64, with
// AddressSanitizer or ThreadSanitizer, in a program that is linked statically (libc is then part of
// it), when the program has a handler of SIGURG, when what the runtime calls of libc leads into the
// executable, or when some of its code lacks entries in the table of sequences (heap_inline.h).
#ifndef RUNTIME_STOP_SIGNAL_H
#define RUNTIME_STOP_SIGNAL_H

#include <stdbool.h>

struct proc;

void stop_signal_init(void);
void stop_signal_release(void);

// Notes how much processor time the proc's thread has used. It may have ended, but not been joined.
void stop_signal_look(struct proc *proc);

// Sends the signal if the thread has run since. The handler calls world_stop_interrupted().
void stop_signal_send(struct proc *proc);

#endif
