// The danger is free(): what is in a frame must not reach it. From each allocation the pointers
// made of it are followed forward, through the program's own functions too; every call that frees
// one of them must be known to free this allocation only. A pointer that is stored is not followed:
// then every free() of the program must be known to free something else. Memory of the collected
// heap is never freed by hand, and needs none of this.
#include "escape/rewrite_promote.h"

#include "escape/memory.h"
#include "escape/rewrite_ir.h"

#include <string.h>

enum { MALLOC_ALIGN_BYTES = 16 };

// What a walk from one allocation met.
struct reach {
    LLVMValueRef *values; // made of its pointer; grows while it is walked
    size_t value_count;
    LLVMValueRef *frees; // calls that end one of them
    size_t free_count;
    bool is_stored;  // where the walk does not see it
    bool is_unknown; // given to something that may free it
};

struct frees {
    const struct analysis *analysis;
    const struct effects *effects;
    bool has_unknown; // a call frees something the analysis does not know
};

static bool is_collected(const struct analysis_site *site)
{
    return strncmp(site->allocator->name, "heap_", 5) == 0;
}

static void reach_add(struct reach *reach, LLVMValueRef value)
{
    for (size_t i = 0; i < reach->value_count; i++) {
        if (reach->values[i] == value) {
            return;
        }
    }
    reach->values = memory_room(reach->values, reach->value_count, sizeof(LLVMValueRef));
    reach->values[reach->value_count++] = value;
}

static const struct effects_function *effects_of(const struct effects *effects, LLVMValueRef callee)
{
    return callee ? effects_find(effects, LLVMGetValueName(callee)) : NULL;
}

// A listed function that is given the pointer as argument `index`.
static void reach_listed(struct reach *reach, const struct effects_function *function,
                         LLVMValueRef call, unsigned index)
{
    if (function->freed_argument == index ||
        (function->allocator == EFFECTS_RESIZES && function->resized_argument == index)) {
        reach->frees = memory_room(reach->frees, reach->free_count, sizeof(LLVMValueRef));
        reach->frees[reach->free_count++] = call;
    }
    for (size_t i = 0; i < function->flow_count; i++) {
        if (function->flows[i].from_parameter != index || function->flows[i].from_level > 0) {
            continue;
        }
        if (function->flows[i].target == EFFECTS_TO_RESULT) {
            reach_add(reach, call);
        } else {
            reach->is_stored = true;
        }
    }
}

static void reach_call(struct reach *reach, const struct effects *effects, LLVMValueRef call,
                       LLVMValueRef value)
{
    const LLVMValueRef callee = rewrite_ir_callee(call);
    const struct effects_function *const listed = effects_of(effects, callee);
    const unsigned count = LLVMGetNumArgOperands(call);
    for (unsigned i = 0; i < count; i++) {
        if (LLVMGetOperand(call, i) != value) {
            continue;
        }
        if (callee && !LLVMIsDeclaration(callee)) {
            if (i < LLVMCountParams(callee)) {
                reach_add(reach, LLVMGetParam(callee, i));
            } else {
                reach->is_stored = true; // a variable argument
            }
        } else if (listed) {
            reach_listed(reach, listed, call, i);
        } else if (callee && LLVMGetIntrinsicID(callee) != 0) {
            if (LLVMGetTypeKind(LLVMTypeOf(call)) == LLVMPointerTypeKind) {
                reach_add(reach, call); // llvm.launder and the like; copies go by content
            }
        } else {
            reach->is_unknown = true;
        }
    }
    if (LLVMGetCalledValue(call) == value) {
        reach->is_unknown = true;
    }
}

// Returned by a function: every call of it has the pointer.
static void reach_return(struct reach *reach, LLVMValueRef instruction)
{
    const LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction));
    for (LLVMUseRef use = LLVMGetFirstUse(function); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        if (rewrite_ir_callee(user) == function) {
            reach_add(reach, user);
        } else {
            reach->is_unknown = true; // called by pointer
        }
    }
}

static void reach_user(struct reach *reach, const struct effects *effects, LLVMValueRef user,
                       LLVMValueRef value)
{
    if (LLVMIsACallInst(user) || LLVMIsAInvokeInst(user)) {
        reach_call(reach, effects, user, value);
    } else if (LLVMIsAStoreInst(user)) {
        reach->is_stored |= LLVMGetOperand(user, 0) == value;
    } else if (LLVMIsALoadInst(user) || LLVMIsAICmpInst(user)) {
        return;
    } else if (LLVMIsAReturnInst(user)) {
        reach_return(reach, user);
    } else if (LLVMIsAGetElementPtrInst(user) || LLVMIsAPHINode(user) || LLVMIsASelectInst(user) ||
               LLVMIsABitCastInst(user) || LLVMIsAFreezeInst(user) ||
               LLVMIsAAddrSpaceCastInst(user)) {
        reach_add(reach, user);
    } else {
        reach->is_stored = true; // an integer made of it, a struct, an atomic
    }
}

static void reach_walk(struct reach *reach, const struct effects *effects, LLVMValueRef from)
{
    *reach = (struct reach){0};
    reach_add(reach, from);
    for (size_t i = 0; i < reach->value_count; i++) {
        const LLVMValueRef value = reach->values[i];
        for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
            reach_user(reach, effects, LLVMGetUser(use), value);
        }
    }
}

static void reach_release(struct reach *reach)
{
    free(reach->values);
    free(reach->frees);
}

static void look_for_unknown_free(LLVMValueRef instruction, void *context)
{
    struct frees *const frees = context;
    const struct effects_function *const function =
        effects_of(frees->effects, rewrite_ir_callee(instruction));
    if (function && function->freed_argument != EFFECTS_NO_ARGUMENT) {
        frees->has_unknown |= !analysis_freed_site(frees->analysis, instruction);
    } else if (function && function->allocator == EFFECTS_RESIZES) {
        frees->has_unknown = true;
    }
}

// NULL, or why the allocation stays.
static const char *obstacle(const struct frees *frees, const struct analysis_site *site,
                            struct reach *reach)
{
    *reach = (struct reach){0};
    if (site->allocator->allocator != EFFECTS_ALLOCATES) {
        return "memory that is resized is not followed";
    }
    if (!LLVMIsACallInst(site->value)) {
        return "the call can be left by an exception";
    }
    const unsigned char align = site->allocator->align_argument;
    if (align != EFFECTS_NO_ARGUMENT && !LLVMIsAConstantInt(LLVMGetOperand(site->value, align))) {
        return "its alignment is not constant";
    }
    if (is_collected(site)) {
        return NULL;
    }
    reach_walk(reach, frees->effects, site->value);
    if (reach->is_unknown) {
        return "a function called by pointer may free it";
    }
    for (size_t i = 0; i < reach->free_count; i++) {
        if (analysis_freed_site(frees->analysis, reach->frees[i]) != site) {
            return "one call frees it or something else";
        }
    }
    if (reach->is_stored && frees->has_unknown) {
        return "it is stored, and not all that the program frees is known";
    }
    return NULL;
}

static void note_obstacle(const struct analysis_site *site, const char *why)
{
    char *const place = rewrite_ir_place(site->value);
    rewrite_ir_note("%s: %s(...) does not escape, but stays on the heap: %s", place,
                    site->allocator->name, why);
    free(place);
}

void rewrite_promote_init(struct rewrite_promote *promote, LLVMModuleRef module,
                          const struct analysis *analysis, const struct effects *effects)
{
    *promote =
        (struct rewrite_promote){.is_promoted = memory_zeroed(analysis->site_count, sizeof(bool))};
    struct frees frees = {.analysis = analysis, .effects = effects};
    rewrite_ir_each(module, look_for_unknown_free, &frees);
    for (size_t i = 0; i < analysis->site_count; i++) {
        const struct analysis_site *const site = &analysis->sites[i];
        if (site->kind != ANALYSIS_ALLOCATION || site->on_heap || !site->size_known) {
            continue;
        }
        struct reach reach;
        const char *const why = obstacle(&frees, site, &reach);
        promote->is_promoted[i] = !why;
        if (why) {
            note_obstacle(site, why);
        }
        for (size_t k = 0; k < reach.free_count && !why; k++) {
            promote->frees = memory_room(promote->frees, promote->free_count, sizeof(LLVMValueRef));
            promote->frees[promote->free_count++] = reach.frees[k];
        }
        reach_release(&reach);
    }
}

void rewrite_promote_release(struct rewrite_promote *promote)
{
    free(promote->is_promoted);
    free(promote->frees);
    *promote = (struct rewrite_promote){0};
}

static unsigned align_of(const struct analysis_site *site)
{
    if (site->allocator->align_argument == EFFECTS_NO_ARGUMENT) {
        return MALLOC_ALIGN_BYTES;
    }
    const LLVMValueRef argument = LLVMGetOperand(site->value, site->allocator->align_argument);
    const uint64_t align = LLVMConstIntGetZExtValue(argument);
    return align > MALLOC_ALIGN_BYTES ? (unsigned)align : MALLOC_ALIGN_BYTES;
}

// `tail` promises that a call does not see the caller's frame.
static void drop_tail_marks(LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction)) {
            if (LLVMIsACallInst(instruction) &&
                LLVMGetTailCallKind(instruction) == LLVMTailCallKindTail) {
                LLVMSetTailCallKind(instruction, LLVMTailCallKindNone);
            }
        }
    }
}

LLVMValueRef rewrite_promote_site(LLVMModuleRef module, const struct analysis_site *site)
{
    const LLVMContextRef context = LLVMGetModuleContext(module);
    const LLVMTypeRef byte = LLVMInt8TypeInContext(context);
    const uint64_t size_bytes = site->size_bytes > 0 ? site->size_bytes : 1;
    LLVMBuilderRef builder = rewrite_ir_at_entry(site->function);
    const LLVMValueRef object =
        LLVMBuildAlloca(builder, LLVMArrayType2(byte, size_bytes), LLVMGetValueName(site->value));
    LLVMSetAlignment(object, align_of(site));
    LLVMDisposeBuilder(builder);
    if (site->allocator->zeroed) {
        builder = rewrite_ir_before(site->value);
        LLVMBuildMemSet(builder, object, LLVMConstInt(byte, 0, 0),
                        LLVMConstInt(LLVMInt64TypeInContext(context), size_bytes, 0),
                        align_of(site));
        LLVMDisposeBuilder(builder);
    }
    drop_tail_marks(site->function);
    LLVMReplaceAllUsesWith(site->value, object);
    LLVMInstructionEraseFromParent(site->value);
    return object;
}

void rewrite_promote_delete_frees(const struct rewrite_promote *promote)
{
    for (size_t i = 0; i < promote->free_count; i++) {
        LLVMInstructionEraseFromParent(promote->frees[i]);
    }
}
