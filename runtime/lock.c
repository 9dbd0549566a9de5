// Sections are a few dozen instructions long, so a short spin mostly ends the wait; after that the
// holder was interrupted, and its processor is needed more than ours.
#include "runtime/lock.h"

#include "runtime/context.h"
#include "runtime/futex.h"

enum { SPIN_COUNT = 100 };

void lock_wait(struct lock *lock)
{
    for (int i = 0; i < SPIN_COUNT; i++) {
        if (atomic_load_explicit(&lock->state, memory_order_relaxed) == 0 && lock_try(lock)) {
            return;
        }
        context_pause();
    }
    while (atomic_exchange(&lock->state, 2) != 0) {
        futex_wait(&lock->state, 2, 0);
    }
}

void lock_wake(struct lock *lock)
{
    futex_wake(&lock->state, 1);
}
