// Gives free memory back to the system, a little at a time, when the heap holds much more than its
// goal: after a spike.
//
// A thread of its own does that, because the program may do nothing at all then. It is started when
// there is something to do for the first time.
#ifndef RUNTIME_PAGE_RETURN_H
#define RUNTIME_PAGE_RETURN_H

// A collection has ended: wakes the thread if the heap holds too much. No lock is held.
void page_return_consider(void);

// Ends the thread, before the heap is released.
void page_return_stop(void);

#endif
