// The driver: prepares the module, finds the functions and components, solves them bottom-up.
#include "escape/analysis.h"

#include "base/allocate.h"
#include "base/assert.h"
#include "escape/analysis_internal.h"
#include "escape/build.h"
#include "escape/call.h"
#include "escape/component.h"
#include "escape/conclude.h"
#include "escape/flow.h"
#include "escape/rule.h"

#include <llvm-c/DebugInfo.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <string.h>
#include <time.h>

enum { IMPLICIT_BYTES_MAX = 64 * 1024, EXPLICIT_BYTES_MAX = 128 * 1024 }; // as Go has them

static void run_passes(struct analysis_internal *in, const char *passes)
{
    const LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    const LLVMErrorRef error = LLVMRunPasses(in->module, passes, NULL, options);
    LLVMDisposePassBuilderOptions(options);
    if (error) {
        die("LLVM cannot run its pass '%s': %s", passes, LLVMGetErrorMessage(error));
    }
}

static unsigned attribute(const char *name)
{
    const unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    ASSERT(kind != 0);
    return kind;
}

static unsigned metadata_kind(const struct analysis_internal *in, const char *name)
{
    return LLVMGetMDKindIDInContext(LLVMGetModuleContext(in->module), name, (unsigned)strlen(name));
}

static void prepare(struct analysis_internal *in)
{
    in->target = LLVMGetModuleDataLayout(in->module);
    in->kind_tbaa = metadata_kind(in, "tbaa");
    in->kind_tbaa_struct = metadata_kind(in, "tbaa.struct");
    in->attribute_byval = attribute("byval");
    in->attribute_sret = attribute("sret");
    in->attribute_nocapture = attribute("nocapture");
    in->attribute_noalias = attribute("noalias");
    in->attribute_returned = attribute("returned");
    in->attribute_returns_twice = attribute("returns_twice");
    in->attribute_allocsize = attribute("allocsize");
    in->attribute_naked = attribute("naked");
    LLVMSetIsNewDbgInfoFormat(in->module, false);
    declare_init(&in->declare, in->module, &in->arena);
    declare_read(&in->declare, in->module, true);
    run_passes(in, "inferattrs");
    if (analysis_is_precise(in)) {
        run_passes(in, "function(sroa)");
        LLVMSetIsNewDbgInfoFormat(in->module, false);
        declare_read(&in->declare, in->module, false);
    }
}

static bool is_replaceable(LLVMValueRef function, bool whole_program)
{
    switch (LLVMGetLinkage(function)) {
    case LLVMWeakAnyLinkage:
    case LLVMWeakODRLinkage:
    case LLVMLinkOnceAnyLinkage:
    case LLVMExternalWeakLinkage:
    case LLVMCommonLinkage:
        return !whole_program;
    default:
        return false;
    }
}

// A naked function takes its arguments from registers, unseen.
static bool is_naked(const struct analysis_internal *in, LLVMValueRef function)
{
    return LLVMGetEnumAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                       in->attribute_naked) &&
           rule_on(RULE_CALL_NAKED);
}

// What __builtin_setjmp() becomes.
static bool is_second_return(LLVMValueRef callee)
{
    static const char prefix[] = "llvm.eh.sjlj.setjmp";
    size_t length = 0;
    return strncmp(LLVMGetValueName2(callee, &length), prefix, sizeof prefix - 1) == 0;
}

static bool calls_setjmp(const struct analysis_internal *in, LLVMValueRef function)
{
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i)) {
            if (!LLVMIsACallInst(i) || !LLVMIsAFunction(LLVMGetCalledValue(i))) {
                continue;
            }
            const LLVMValueRef callee = LLVMGetCalledValue(i);
            const struct effects_function *const effects = call_effects(in, callee);
            if ((effects && effects->returns_twice) || is_second_return(callee) ||
                LLVMGetEnumAttributeAtIndex(callee, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                            in->attribute_returns_twice)) {
                return true;
            }
        }
    }
    return false;
}

// Whether an address is used otherwise than to load, store or copy through it.
static bool is_address_passed(LLVMValueRef address, unsigned depth)
{
    for (LLVMUseRef u = LLVMGetFirstUse(address); u; u = LLVMGetNextUse(u)) {
        const LLVMValueRef user = LLVMGetUser(u);
        const bool is_plain = LLVMIsALoadInst(user) || LLVMIsAMemIntrinsic(user) ||
                              LLVMIsADbgInfoIntrinsic(user) ||
                              (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != address);
        const bool is_part = LLVMIsAGetElementPtrInst(user) && depth > 0;
        if (!is_plain && !(is_part && !is_address_passed(user, depth - 1))) {
            return true;
        }
    }
    return false;
}

// What a function that calls itself assumes of its own result before it is solved.
static bool may_keep_result(const struct analysis_internal *in, LLVMValueRef function)
{
    enum { PARTS_DEPTH_MAX = 4 };
    const LLVMValueRef first = LLVMGetFirstParam(function);
    return first && LLVMGetEnumAttributeAtIndex(function, 1, in->attribute_sret) &&
           is_address_passed(first, PARTS_DEPTH_MAX);
}

static void add_function(struct analysis_internal *in, LLVMValueRef value)
{
    in->functions = allocate_room(in->functions, in->function_count, sizeof in->functions[0]);
    struct analysis_function *const function = &in->functions[in->function_count++];
    size_t length = 0;
    *function = (struct analysis_function){
        .value = value,
        .name = LLVMGetValueName2(value, &length),
        .has_body = !is_replaceable(value, in->options.whole_program) && !is_naked(in, value),
        .is_variadic = LLVMIsFunctionVarArg(LLVMGlobalGetValueType(value)),
        .returns_twice = calls_setjmp(in, value),
        .result_is_kept = may_keep_result(in, value),
        .parameter_count = LLVMCountParams(value),
        .component = UINT32_MAX,
    };
    function->tags = arena_zeroed(&in->arena, function->parameter_count * sizeof function->tags[0]);
    value_map_set(&in->function_numbers, value, in->function_count);
}

// Of the processor, so that other programs do not count.
static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void run(struct analysis_internal *in)
{
    const uint64_t start_ns = now_ns();
    component_find(in);
    for (uint32_t first = 0; first < in->function_count;) {
        in->component = in->functions[in->order[first]].component;
        uint32_t end = first;
        while (end < in->function_count &&
               in->functions[in->order[end]].component == in->component) {
            end++;
        }
        build_component(in, &in->order[first], end - first);
        conclude_component(in, &in->order[first], end - first);
        first = end;
    }
    in->analysis->solve_ns = now_ns() - start_ns;
}

struct analysis *analysis_new(LLVMModuleRef module, const struct analysis_options *options,
                              const struct effects *effects)
{
    struct analysis *const analysis = allocate_zeroed(1, sizeof *analysis);
    struct analysis_internal *const in = allocate_zeroed(1, sizeof *in);
    analysis->internal = in;
    *in = (struct analysis_internal){
        .analysis = analysis, .options = *options, .effects = effects, .module = module};
    if (in->options.implicit_bytes_max == 0) {
        in->options.implicit_bytes_max = IMPLICIT_BYTES_MAX;
    }
    if (in->options.explicit_bytes_max == 0) {
        in->options.explicit_bytes_max = EXPLICIT_BYTES_MAX;
    }
    prepare(in);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f)) {
            add_function(in, f);
        }
    }
    analysis->function_count = in->function_count;
    run(in);
    conclude_all(in);
    graph_release(&in->graph);
    loop_tree_release(&in->loops);
    return analysis;
}

void analysis_release(struct analysis *analysis)
{
    struct analysis_internal *const in = analysis->internal;
    for (size_t f = 0; f < in->freed_count; f++) {
        free(in->freed[f].sites);
    }
    free(in->freed);
    free(in->functions);
    free(in->order);
    free(in->flows);
    free(in->causes);
    value_map_release(&in->function_numbers);
    value_map_release(&in->flow_numbers);
    value_map_release(&in->site_numbers);
    value_map_release(&in->access_classes);
    value_map_release(&in->stack_stores);
    declare_release(&in->declare);
    arena_release(&in->arena);
    free(in);
    free(analysis->findings);
    free(analysis->sites);
    free(analysis);
}

const struct analysis_site *analysis_site_of(const struct analysis *analysis, LLVMValueRef value)
{
    const uint32_t number = value_map_get(&analysis->internal->site_numbers, value);
    return number ? &analysis->sites[number - 1] : NULL;
}

bool analysis_stores_to_stack(const struct analysis *analysis, LLVMValueRef instruction)
{
    const uint32_t number = value_map_get(&analysis->internal->stack_stores, instruction);
    return number != 0 && !analysis->sites[number - 1].on_heap;
}

const struct analysis_site *analysis_freed_site(const struct analysis *analysis, LLVMValueRef call)
{
    const struct analysis_internal *const in = analysis->internal;
    for (size_t f = 0; f < in->freed_count; f++) {
        if (in->freed[f].call == call) {
            const bool is_certain = in->freed[f].is_known && in->freed[f].site_count > 0;
            return is_certain ? &analysis->sites[in->freed[f].sites[0] - 1] : NULL;
        }
    }
    return NULL;
}
