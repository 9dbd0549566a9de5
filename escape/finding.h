// One line of the analyser's answer, with all that stands behind it.
//
// A finding says what happens to one variable, allocation or parameter. Verdict and placement are
// two facts: `escapes` says whether a pointer to the object may outlive it; `on_heap` where the
// object must live, which an object that does not escape may be denied too (too large, size not
// constant). `reason` is the one that decided.
#ifndef ESCAPE_FINDING_H
#define ESCAPE_FINDING_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>

enum finding_kind {
    FINDING_MOVED,           // "moved to heap: x": a variable
    FINDING_ESCAPES,         // "malloc(...) escapes to heap": an allocation or a literal
    FINDING_STAYS,           // "malloc(...) does not escape"
    FINDING_LEAK,            // "leaking param: p"
    FINDING_LEAK_CONTENT,    // "leaking param content: p"
    FINDING_LEAK_RESULT,     // "leaking param: p to result level=N"
    FINDING_LEAK_BEHIND,     // "leaking param: p to content of q level=N"
    FINDING_PARAMETER_STAYS, // "p does not escape"
    FINDING_KIND_COUNT
};

// Why an object is on the heap, or a parameter leaks. finding_reason_name() gives the name that
// JSON and SARIF carry, finding_reason_words() a sentence.
enum finding_reason {
    FINDING_REASON_NONE,        // on the stack, or a parameter that stays
    FINDING_REASON_RETURNED,    // reaches a result
    FINDING_REASON_GLOBAL,      // stored in a global variable
    FINDING_REASON_STORED,      // stored through a pointer that may point anywhere
    FINDING_REASON_PASSED,      // passed to a function that keeps it
    FINDING_REASON_UNKNOWN,     // passed to a function that cannot be seen, or is called by pointer
    FINDING_REASON_LOOP,        // outlives the iteration of the loop that made it
    FINDING_REASON_TOO_LARGE,   // beyond the limit for stack objects
    FINDING_REASON_SIZE,        // size not constant
    FINDING_REASON_ASM,         // assembly sees its address
    FINDING_REASON_VOLATILE,    // stored by a volatile access
    FINDING_REASON_IRREDUCIBLE, // goto into a loop: lifetimes are not known
    FINDING_REASON_SETJMP,      // a function that can return twice
    FINDING_REASON_FREED,       // freed or resized where it cannot be told from other objects
    FINDING_REASON_OTHER,       // an instruction that the analysis does not follow
    FINDING_REASON_COUNT
};

struct finding_position {
    // As seen from the current folder: relative if it is below, else as the compiler was given it,
    // with the folder that this was in. "" when there is no debug information.
    const char *file;
    unsigned line, column;
};

// One step of the flow, in order from the object or parameter to the place that keeps it.
struct finding_step {
    struct finding_position position;
    const char *words;  // "q = &x"
    const char *reason; // "assigned", "returned", "passed to f's parameter p", ...
};

struct finding {
    enum finding_kind kind;
    struct finding_position position; // of the declaration or of the call
    const char *text;                 // variable, parameter or "malloc(...)"
    const char *function;             // that it is in
    const char *other;                // FINDING_LEAK_BEHIND: the other parameter; else NULL
    int level;                        // ..._RESULT, ..._BEHIND: dereferences; else 0
    bool escapes;                     // verdict
    bool on_heap;                     // placement
    enum finding_reason reason;
    const char *because;        // a sentence: "q, a global variable, keeps it"; "" for reason NONE
    LLVMValueRef value;         // alloca, call or argument; NULL when the optimiser removed it
    struct finding_step *steps; // shortest path; none unless asked for
    size_t step_count;
};

// Writes what follows the position, as snprintf() does: "moved to heap: x".
int finding_message(const struct finding *finding, char *buffer, size_t buffer_bytes);

const char *finding_kind_name(enum finding_kind kind);       // "moved_to_heap"
const char *finding_reason_name(enum finding_reason reason); // "too_large"
const char *finding_reason_words(enum finding_reason reason);

// Order of output: file, line, column, text, kind, level.
int finding_compare(const struct finding *a, const struct finding *b);

#endif
