// The analysis keeps on the heap what is freed together with something that stays there, so a call
// of free() that it names a promoted site for frees promoted memory only, and disappears.
#include "escape/rewrite_promote.h"

#include "base/allocate.h"
#include "escape/rewrite_ir.h"

#include <string.h>

enum { MALLOC_ALIGN_BYTES = 16 };

struct search {
    struct rewrite_promote *promote;
    const struct analysis *analysis;
};

// NULL, or why the allocation stays.
static const char *obstacle(const struct analysis_site *site)
{
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
    return NULL;
}

static void look_for_free(LLVMValueRef instruction, void *context)
{
    const struct search *const search = context;
    struct rewrite_promote *const promote = search->promote;
    const struct analysis_site *const site = analysis_freed_site(search->analysis, instruction);
    if (site && promote->is_promoted[site - search->analysis->sites]) {
        promote->frees = allocate_room(promote->frees, promote->free_count, sizeof(LLVMValueRef));
        promote->frees[promote->free_count++] = instruction;
    }
}

static void note_obstacle(const struct analysis_site *site, const char *why)
{
    char *const place = rewrite_ir_place(site->value);
    rewrite_ir_note("%s: %s(...) does not escape, but stays on the heap: %s", place,
                    site->allocator->name, why);
    free(place);
}

void rewrite_promote_init(struct rewrite_promote *promote, LLVMModuleRef module,
                          const struct analysis *analysis)
{
    *promote = (struct rewrite_promote){.is_promoted =
                                            allocate_zeroed(analysis->site_count, sizeof(bool))};
    for (size_t i = 0; i < analysis->site_count; i++) {
        const struct analysis_site *const site = &analysis->sites[i];
        if (site->kind != ANALYSIS_ALLOCATION || site->on_heap || !site->size_known) {
            continue;
        }
        const char *const why = obstacle(site);
        promote->is_promoted[i] = !why;
        if (why) {
            note_obstacle(site, why);
        }
    }
    struct search search = {.promote = promote, .analysis = analysis};
    rewrite_ir_each(module, look_for_free, &search);
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
