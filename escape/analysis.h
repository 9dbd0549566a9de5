// The escape analysis of one module: which objects may live in their function's frame.
//
// Usage: analysis_new(module, options, effects); read findings and sites; analysis_release().
//
// The module is one that clang-19 made with -O1 -Xclang -disable-llvm-passes -g
// -fno-discard-value-names, linked or not. analysis_new() prepares it itself: the old form of debug
// records, `inferattrs`, and in precise mode `function(sroa)` after declarations have been read. So
// the module is changed, and the LLVM values in the results are those of the changed module; they
// stay valid until it is changed again.
//
// Model: Go's (cmd/compile/internal/escape): a graph of locations whose edges count dereferences,
// solved bottom-up over the call graph's strongly connected components, a function's parameters
// summarised by tags. docs/escape.md has the rules.
#ifndef ESCAPE_ANALYSIS_H
#define ESCAPE_ANALYSIS_H

#include "escape/effects.h"
#include "escape/finding.h"

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum analysis_mode { ANALYSIS_PRECISE, ANALYSIS_GO };

// A zeroed struct means the defaults in brackets.
struct analysis_options {
    enum analysis_mode mode;     //                                      [precise]
    bool flows;                  // findings get their steps (-m=2)
    bool whole_program;          // no other file replaces a weak function of the module
    uint64_t implicit_bytes_max; // allocations and literals             [64 KiB]
    uint64_t explicit_bytes_max; // variables                            [128 KiB]
};

enum analysis_site_kind { ANALYSIS_VARIABLE, ANALYSIS_LITERAL, ANALYSIS_ALLOCATION };

// A place that makes an object: what rewriting needs.
struct analysis_site {
    LLVMValueRef value;    // alloca; call of an allocator; byval or sret argument
    LLVMValueRef function; // that it is in
    enum analysis_site_kind kind;
    bool escapes; // verdict
    bool on_heap; // placement: verdict, or `reason`
    enum finding_reason reason;
    bool size_known;
    uint64_t size_bytes; // when size_known
    unsigned loop_depth; // of the block that makes it: 0 is outside every loop
    bool is_declared;    // the source has a name for it
    bool in_loop;        // loop_depth > 0: one slot serves every iteration, zero it each time
    bool movable;        // ANALYSIS_VARIABLE on_heap: can become a heap object
                         // (not an argument, no asm on it); else a note is due
    bool is_fixed;       // ANALYSIS_ALLOCATION: cannot be moved into a frame, whatever the verdict
    const struct effects_function *allocator; // ANALYSIS_ALLOCATION
    const struct finding *finding;            // what was said of it; NULL when nothing is said
};

struct analysis {
    struct finding *findings; // sorted by finding_compare()
    size_t finding_count;
    struct analysis_site *sites; // in order of the module
    size_t site_count;
    size_t function_count; // with a body
    uint64_t solve_ns;     // processor time of the analysis, without passes and findings
    struct analysis_internal *internal;
};

struct analysis *analysis_new(LLVMModuleRef module, const struct analysis_options *options,
                              const struct effects *effects);
void analysis_release(struct analysis *analysis);

// The site whose object the instruction or argument is; NULL: none.
const struct analysis_site *analysis_site_of(const struct analysis *analysis, LLVMValueRef value);

// Whether the store (or memcpy, memmove, memset: the destination) certainly hits an object that is
// placed in a frame, so that no write barrier is needed.
bool analysis_stores_to_stack(const struct analysis *analysis, LLVMValueRef instruction);

// What free() and its like free here: the one site if every pointer that can reach the argument is
// from it, so that the call disappears with the allocation; NULL: not known.
const struct analysis_site *analysis_freed_site(const struct analysis *analysis, LLVMValueRef call);

#endif
