// Ctrl-C and polite kills, turned into something a loop can wait for.
//
// The handler only notes the signal and makes a descriptor readable, so that poll() wakes without
// a race; whoever waits cleans up in order and leaves with interrupt_status().
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

// Catches SIGINT, SIGTERM and SIGHUP from now on, and ignores SIGPIPE so that a closed pipe is a
// write error. Call once; dies when the system refuses.
void interrupt_init(void);

// The signal that came, or 0.
int interrupt_signal(void);

// A descriptor that is readable once a signal came (and stays so); -1 before interrupt_init().
int interrupt_fd(void);

// What the program exits with after the signal: 128 + its number.
int interrupt_status(void);

// In a child: the signals act as before interrupt_init() again. Safe after fork().
void interrupt_reset_in_child(void);

#endif
