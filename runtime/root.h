// Registered root ranges: memory outside the heap that may hold the only pointer to an object.
#ifndef RUNTIME_ROOT_H
#define RUNTIME_ROOT_H

#include <stdbool.h>
#include <stddef.h>

// Registers the aligned words of [base, base + size_bytes). A lasting range stays until the process
// ends; the others until root_forget(). The same range again changes nothing, except that it may
// become lasting. Returns 0 or -ENOMEM. Not safe for threads.
int root_add(void *base, size_t size_bytes, bool lasting);

// Forgets the ranges that are not lasting.
void root_forget(void);

// Visits every registered range, word-aligned and not empty.
void root_visit(void (*visit)(const void *base, size_t size_bytes, void *context), void *context);

#endif
