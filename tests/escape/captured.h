// Pointer parameters that LLVM calls captured, and what made it say so.
//
// A parameter's uses are walked as LLVM walks them; each use that it takes for a capture has a
// class, if it is known why ours is none. docs/escape.md explains the classes.
// Sources: LLVM's CaptureTracking.cpp (which uses capture) and FunctionAttrs.cpp (bottom-up over
// the call graph).
#ifndef TESTS_ESCAPE_CAPTURED_H
#define TESTS_ESCAPE_CAPTURED_H

#include "escape/effects.h"
#include "escape/finding.h"

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>

// Why LLVM says captured and we do not; of several the first counts.
enum captured_class {
    CAPTURED_NONE,
    CAPTURED_COMPARED,   // with another pointer or NULL
    CAPTURED_DIFFERENCE, // of two pointers
    CAPTURED_INTEGER,    // its bits are tested or hashed, not kept
    CAPTURED_VOLATILE,   // accessed by a volatile load or store
    CAPTURED_LOCAL,      // stored in a variable or object that does not escape itself
    CAPTURED_BEHIND,  // stored where a parameter points, and that is an object that does not escape
    CAPTURED_RESULT,  // a callee returns it, and the result does not escape
    CAPTURED_LIBRARY, // a library function or intrinsic that our table knows better
    CAPTURED_RECURSION, // passed on to itself at several places, where LLVM looks through one only
    CAPTURED_USES,      // LLVM stops after a number of uses; it proves the same without that limit
    CAPTURED_PASSES,    // and this when its pass is run again and again
    CAPTURED_UNEXPLAINED, // none of these
    CAPTURED_COUNT
};

extern const char *const captured_names[CAPTURED_COUNT];

struct captured_parameter {
    LLVMValueRef ours;  // argument in the analysed module
    LLVMValueRef llvms; // in LLVM's copy
    const char *function;
    unsigned index;
    bool reported;               // we said something of it
    bool escapes;                // for us
    bool returned;               // for us, the pointer itself is part of a result
    bool behind;                 // for us, the pointer itself is stored behind another parameter
    bool captured;               // for LLVM
    bool captured_without_limit; // with any number of uses
    bool captured_at_last;       // and after many passes
    const struct finding *finding;
    bool is_walked;
    unsigned self_call_count; // met in its walk
};

// All parameters of one program, sorted by `llvms`.
struct captured_program {
    struct captured_parameter *parameters;
    size_t count;
    const struct effects *effects;
};

// Sorts the parameters: before the first question.
void captured_sort(struct captured_program *program);

// NULL: none has this argument of LLVM's copy.
struct captured_parameter *captured_find(const struct captured_program *program,
                                         LLVMValueRef argument);

// Whether LLVM says nocapture of a function's parameter.
bool captured_is_none(LLVMValueRef function, unsigned index);

// The class of a parameter that LLVM alone calls captured, and in *use, where the answer is
// CAPTURED_UNEXPLAINED, the use that no class fits.
enum captured_class captured_why(const struct captured_program *program,
                                 struct captured_parameter *parameter, LLVMValueRef *use);

#endif
