// Coroutines: functions with a small stack of their own, which grows as they need it.
#ifndef RUNTIME_COROUTINE_H
#define RUNTIME_COROUTINE_H

// Starts fn(arg) as a new coroutine, which runs when the scheduler comes to it. A heap pointer in
// arg keeps its object alive. Returns 0, or -ENOMEM when the system refuses memory for it.
int coroutine_spawn(void (*fn)(void *), void *arg);

// Lets the other coroutines that can run do so, then goes on.
void coroutine_yield(void);

// Runs fn(arg) on the worker's big stack: for libc functions and other code that does not check its
// stack. fn may allocate and spawn; it must not block (yield, send or receive). Called on the big
// stack it just calls fn.
void coroutine_on_system_stack(void (*fn)(void *), void *arg);

#endif
