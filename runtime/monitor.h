// The monitor: a thread that has a coroutine preempted when it has run for 10 ms while others wait
// in its proc's queue. It sleeps, without a timer, while nobody waits, and does not exist before
// somebody has: a program of one coroutine stays a program of one thread.
#ifndef RUNTIME_MONITOR_H
#define RUNTIME_MONITOR_H

// Wakes it, or starts it. Called when SCHEDULER_WAKE_MONITOR is set, on the system stack.
void monitor_wake(void);

// Ends it. The run is over.
void monitor_stop(void);

#endif
