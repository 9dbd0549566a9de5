// Whether an allocation moves into its frame is known at the end only, when all calls of free()
// are. Its content has to be decided before. So what is certain by then counts: an allocation moves
// if nothing but its own function's loads, stores and free() ever see its pointer.
#include "escape/placed.h"

#include "escape/call.h"
#include "escape/flow.h"
#include "escape/rule.h"

#include <string.h>

enum { DEPTH_MAX = 16 };

static bool is_harmless_call(const struct analysis_internal *in, LLVMValueRef call,
                             LLVMValueRef pointer)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    if (!LLVMIsAFunction(callee)) {
        return false;
    }
    if (LLVMIsAMemIntrinsic(call)) {
        return true;
    }
    size_t length;
    if (strncmp(LLVMGetValueName2(callee, &length), "llvm.", 5) == 0) {
        return LLVMGetTypeKind(LLVMTypeOf(call)) == LLVMVoidTypeKind;
    }
    const struct effects_function *const effects = call_effects(in, callee);
    return effects && effects->flow_count == 0 && effects->allocator == EFFECTS_NOT_ALLOCATOR &&
           (effects->freed_argument == EFFECTS_NO_ARGUMENT ||
            LLVMGetOperand(call, effects->freed_argument) == pointer);
}

static bool is_private(const struct analysis_internal *in, LLVMValueRef pointer, unsigned depth)
{
    for (LLVMUseRef use = LLVMGetFirstUse(pointer); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        if (LLVMIsALoadInst(user) || LLVMIsAICmpInst(user)) {
            continue;
        }
        if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 0) != pointer) {
            continue;
        }
        if (LLVMIsAGetElementPtrInst(user) && depth < DEPTH_MAX &&
            is_private(in, user, depth + 1)) {
            continue;
        }
        if (LLVMIsACallInst(user) && is_harmless_call(in, user, pointer)) {
            continue;
        }
        return false;
    }
    return true;
}

static void content_escapes(struct analysis_internal *in, struct graph_flow object, LLVMValueRef at,
                            enum graph_why why)
{
    struct graph_flow content = flow_load(in, object, 0);
    content.narrow = true; // bytes may be part of a pointer
    graph_connect(&in->graph, GRAPH_HEAP, content, why, at, 0);
}

static bool is_collected(const struct effects_function *allocator)
{
    return strncmp(allocator->name, "heap_", 5) == 0;
}

void placed_allocation(struct analysis_internal *in, LLVMValueRef call)
{
    const struct graph_flow object = flow_of(in, call);
    const uint32_t number = value_map_get(&in->site_numbers, call);
    if (number == 0 || !rule_on(RULE_PLACED)) {
        return;
    }
    const struct analysis_site *const site = &in->analysis->sites[number - 1];
    const struct effects_function *const allocator = site->allocator;
    const bool moves = allocator->allocator == EFFECTS_ALLOCATES && LLVMIsACallInst(call) &&
                       allocator->align_argument == EFFECTS_NO_ARGUMENT &&
                       (is_collected(allocator) || is_private(in, call, 0));
    if (!site->size_known) {
        content_escapes(in, object, call, GRAPH_WHY_SIZE);
    } else if (site->size_bytes > in->options.implicit_bytes_max) {
        content_escapes(in, object, call, GRAPH_WHY_TOO_LARGE);
    } else if (!moves || in->functions[in->current].returns_twice) {
        content_escapes(in, object, call, GRAPH_WHY_STORED);
    }
}

void placed_variable(struct analysis_internal *in, const struct analysis_site *site,
                     uint32_t location)
{
    const uint64_t limit_bytes = site->kind == ANALYSIS_LITERAL ? in->options.implicit_bytes_max
                                                                : in->options.explicit_bytes_max;
    if (site->size_known && site->size_bytes > limit_bytes && rule_on(RULE_PLACED)) {
        const struct graph_flow object = {.location = location, .derefs = -1, .is_known = true};
        content_escapes(in, object, NULL, GRAPH_WHY_TOO_LARGE);
    }
}
