// What a program rewritten with `escape --place=auto --check` calls: it reports at run time where
// an object that was claimed not to escape did.
//
//     escape --place=auto --check -o out.bc program.c
//     clang-19 -O1 out.bc PROJECT/escape/check_runtime.c ... && ./a.out
//
// Watched are the allocations that were put on the stack and the variables that were left there
// although their address is taken. A violation is a pointer into one that is stored outside the
// stack, returned by its function, or still held in a caller's frame when its function returns.
// Every violation is printed on stderr; at exit one line says how many claims were put to the test
// and how many failed, and the exit status of a program with a violation is 3.
//
// Stacks must not move meanwhile: compile without -fsplit-stack. The compiler inserts the calls;
// nobody writes them by hand.
#ifndef ESCAPE_CHECK_RUNTIME_H
#define ESCAPE_CHECK_RUNTIME_H

#include <stddef.h>

// A claim, or a place in the source where a pointer is stored. Constant data of the program.
struct check_runtime_site {
    const char *text; // "FILE:LINE:COLUMN: EXPR"
};

// The object [base, base + size_bytes) of the function with this frame address begins to exist.
void check_runtime_begin(void *base, size_t size_bytes, void *frame,
                         const struct check_runtime_site *claim);

// `value` was stored at `slot`; `size_bytes` at `target` were written by a copy.
void check_runtime_store(void *slot, const void *value, const struct check_runtime_site *place);
void check_runtime_copy(void *target, size_t size_bytes, const struct check_runtime_site *place);

// The function with this frame address returns `value` (NULL when it returns no pointer).
void check_runtime_return(const void *value, void *frame, const struct check_runtime_site *place);

#endif
