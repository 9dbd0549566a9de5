// Reserved stacks: each coroutine has addresses for the largest stack that the run allows, and
// memory where it has touched them.
//
// They lie in large reservations and are used again when their coroutine has finished. Nothing ever
// moves; the price is a page at least for each coroutine, the page tables for it, and addresses:
// 47 bits hold about 1e5 stacks of 1 GiB. There are no guard pages: the check in each prologue
// finds the end of a stack. That end, the extent, begins small and doubles, so that it is known how
// much a coroutine needs, and what lies beyond can be given back.
#ifndef RUNTIME_RESERVE_H
#define RUNTIME_RESERVE_H

#include "runtime/growth.h"

#include <stddef.h>
#include <stdint.h>

enum { RESERVE_EXTENT_BYTES_MIN = 4096 }; // a page

// A stack of the run's size; NULL when the system refuses, or all addresses are taken.
struct stack *reserve_acquire(void);

// Makes the stack of a finished coroutine as good as a new one.
void reserve_reset(struct stack *stack);

// Extends the running coroutine's stack so that a function that uses frame_bytes below
// coroutine->sp can run. Returns whether it had to.
bool reserve_extend(struct coroutine *coroutine, size_t frame_bytes);

// Halves the extent when less than a quarter of it is used. Returns whether it did.
bool reserve_shrink(struct coroutine *coroutine);

// The extents of all stacks that were acquired.
uint64_t reserve_bytes_in_use(void);

// Gives the reservations up.
void reserve_release(void);

#endif
