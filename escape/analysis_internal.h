// What the parts of the analysis share. Not for users: those include analysis.h.
//
// analysis.c drives: preparation, the components of the call graph bottom-up, and for each
// component build (build.c, call.c, flow.c), solve (solve.c), report (report.c).
#ifndef ESCAPE_ANALYSIS_INTERNAL_H
#define ESCAPE_ANALYSIS_INTERNAL_H

#include "escape/analysis.h"
#include "escape/arena.h"
#include "escape/declare.h"
#include "escape/graph.h"
#include "escape/loop_tree.h"
#include "escape/value_map.h"

#include <llvm-c/Target.h>

// TAG_BEHIND_COUNT: of so many parameters a summary says what is stored behind them.
enum { TAG_NONE = -1, TAG_BEHIND_COUNT = 4 };

// Why a parameter leaks, kept from the moment the solver found it.
struct analysis_cause {
    enum finding_reason reason;
    const char *because;
    struct finding_step *steps;
    size_t step_count;
    bool is_address_used; // of a site
};

// What a function does with one argument: the smallest dereferences that leak, or TAG_NONE.
struct analysis_tag {
    int8_t heap, result;               // as pointers
    int8_t heap_narrow, result_narrow; // as bytes too
    int8_t freed;                      // is given to free()
    int8_t behind[TAG_BEHIND_COUNT];   // is stored in what that parameter points to
    int8_t behind_narrow[TAG_BEHIND_COUNT];
    struct analysis_cause heap_cause, result_cause, behind_cause;
};

struct analysis_function {
    LLVMValueRef value;
    const char *name;
    bool has_body; // that can be relied on: not weak
    bool is_variadic;
    bool returns_twice;  // calls setjmp()
    bool result_is_kept; // the address of a result in the caller's memory is stored somewhere
    uint32_t parameter_count;
    struct analysis_tag *tags;   // parameter_count
    uint32_t component;          // in bottom-up order
    uint32_t result;             // locations, while its component is being solved
    uint32_t first_parameter;    // parameter i is first_parameter + i
    uint32_t depth_max;          // of its storages
    size_t first_site, end_site; // indices of its variables and allocations
};

struct analysis_internal {
    struct analysis *analysis;
    struct analysis_options options;
    const struct effects *effects;
    LLVMModuleRef module;
    LLVMTargetDataRef target;
    struct arena arena;
    struct declare declare;
    struct analysis_function *functions;
    uint32_t function_count;
    struct value_map function_numbers; // index plus 1
    uint32_t *order;                   // functions, components bottom-up
    uint32_t component;                // being solved
    uint32_t current;                  // function being built

    struct graph graph;
    struct loop_tree loops;        // of the current function
    struct value_map flow_numbers; // value: index plus 1 in flows
    struct graph_flow *flows;
    size_t flow_count, flow_capacity;

    struct value_map site_numbers;   // value: index plus 1 in analysis->sites
    struct value_map access_classes; // of a type tag: see carry.c
    struct value_map stack_stores;   // instruction: index plus 1 of the site it hits
    struct analysis_cause *causes;   // a site each
    struct analysis_freed *freed;    // calls of free() in the module
    size_t freed_count;

    unsigned kind_tbaa, kind_tbaa_struct;
    unsigned attribute_byval, attribute_sret, attribute_nocapture, attribute_noalias,
        attribute_returned, attribute_returns_twice, attribute_allocsize, attribute_naked;
    unsigned intrinsic_lifetime_start;
};

// A call that frees: which sites it may be given.
struct analysis_freed {
    LLVMValueRef call;
    uint32_t *sites; // index plus 1
    size_t site_count;
    bool is_known; // nothing else reaches it, and the call does nothing but free
};

static inline struct analysis_tag analysis_tag_none(void)
{
    return (struct analysis_tag){TAG_NONE,
                                 TAG_NONE,
                                 TAG_NONE,
                                 TAG_NONE,
                                 TAG_NONE,
                                 {TAG_NONE, TAG_NONE, TAG_NONE, TAG_NONE},
                                 {TAG_NONE, TAG_NONE, TAG_NONE, TAG_NONE},
                                 {0},
                                 {0},
                                 {0}};
}
_Static_assert(TAG_BEHIND_COUNT == 4, "analysis_tag_none() has four each");

static inline bool analysis_is_precise(const struct analysis_internal *in)
{
    return in->options.mode == ANALYSIS_PRECISE;
}

// The function's index, or UINT32_MAX for one without an entry.
static inline uint32_t analysis_number(const struct analysis_internal *in, LLVMValueRef function)
{
    return value_map_get(&in->function_numbers, function) - 1;
}

#endif
