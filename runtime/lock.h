// A lock of one word that sleeps when it has to wait: for short sections of the runtime, on any
// stack. Nobody may reach a safepoint (world.h) while holding one.
//
// Source: Ulrich Drepper, "Futexes Are Tricky" (2011), the third mutex.
#ifndef RUNTIME_LOCK_H
#define RUNTIME_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Zeroed: free.
struct lock {
    _Atomic(uint32_t) state; // 0 free, 1 held, 2 held and somebody may sleep
};

void lock_wait(struct lock *lock);
void lock_wake(struct lock *lock);

static inline bool lock_try(struct lock *lock)
{
    uint32_t expected = 0;
    return atomic_compare_exchange_strong_explicit(&lock->state, &expected, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

static inline void lock_acquire(struct lock *lock)
{
    if (__builtin_expect(!lock_try(lock), 0)) {
        lock_wait(lock);
    }
}

// The exchange is also a full barrier: what the section wrote is visible before anything that the
// caller reads next.
static inline void lock_release(struct lock *lock)
{
    if (__builtin_expect(atomic_exchange(&lock->state, 0) == 2, 0)) {
        lock_wake(lock);
    }
}

#endif
