// ASSERT: a programmer's error stops the program, with the condition and the place.
//
// Usage: ASSERT(count <= capacity);  one condition each, no side effects.
//
// A disabled assert still compiles its condition, so that it cannot rot, but generates no code
// and gives the optimiser no promise (__builtin_unreachable would change what we time).
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#include "base/die.h"

#ifdef ASSERT_OFF
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (0) {                                                                                   \
            (void)(condition);                                                                     \
        }                                                                                          \
    } while (0)
#else
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0)) {                                                   \
            die_assert(#condition, __FILE__, __LINE__);                                            \
        }                                                                                          \
    } while (0)
#endif

#endif
