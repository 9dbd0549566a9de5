// Everything is decided and looked up before anything is changed, because the analysis speaks of
// the module as it was. Then barriers come first, while stores still name the objects that they
// hit; allocations move into frames; variables move out of them.
#include "escape/rewrite.h"

#include "base/allocate.h"
#include "base/die.h"
#include "escape/rewrite_barrier.h"
#include "escape/rewrite_check.h"
#include "escape/rewrite_host.h"
#include "escape/rewrite_ir.h"
#include "escape/rewrite_move.h"
#include "escape/rewrite_promote.h"

#include <errno.h>
#include <llvm-c/Analysis.h>
#include <llvm-c/BitWriter.h>
#include <string.h>
#include <unistd.h>

struct rewriting {
    LLVMModuleRef module;
    const struct analysis *analysis;
    const struct rewrite_options *options;
    struct rewrite_counts *counts;
    bool has_own_runtime; // the program starts the runtime itself
    struct rewrite_check_claim *claims;
    size_t claim_count;
};

static char *place_of(const struct analysis_site *site)
{
    if (site->finding && site->finding->position.file[0]) {
        const struct finding_position *const position = &site->finding->position;
        return allocate_text("%s:%u:%u", position->file, position->line, position->column);
    }
    return LLVMIsAInstruction(site->value) ? rewrite_ir_place(site->value)
                                           : allocate_text("%s", LLVMGetValueName(site->function));
}

static const char *name_of(const struct analysis_site *site)
{
    return site->finding ? site->finding->text : LLVMGetValueName(site->value);
}

// main() of a program that starts the runtime itself runs before there is a heap.
static bool runs_before_heap(const struct rewriting *rewriting, const struct analysis_site *site)
{
    return rewriting->has_own_runtime && strcmp(LLVMGetValueName(site->function), "main") == 0;
}

static bool wants_heap(const struct rewriting *rewriting, const struct analysis_site *site)
{
    if (site->kind == ANALYSIS_ALLOCATION) {
        return false;
    }
    // With everything on the heap, temporaries of the compiler stay: only what has a name moves.
    return site->on_heap ||
           (rewriting->options->is_all_heap && (site->finding || site->is_declared));
}

static bool is_movable(const struct analysis_site *site)
{
    if (!LLVMIsAAllocaInst(site->value) || !site->size_known) {
        return false;
    }
    return site->movable || !site->on_heap;
}

static void move_variable(struct rewriting *rewriting, const struct analysis_site *site)
{
    char *const place = place_of(site);
    if (runs_before_heap(rewriting, site)) {
        rewrite_ir_note("%s: '%s' stays in main's frame, which outlives runtime_run()", place,
                        name_of(site));
    } else if (!is_movable(site)) {
        rewrite_ir_note("%s: '%s' belongs on the heap but stays where it is: %s", place,
                        name_of(site), finding_reason_words(site->reason));
    } else if (rewrite_move(rewriting->module, site)) {
        rewriting->counts->moved_count++;
    }
    free(place);
}

static void claim(struct rewriting *rewriting, const struct analysis_site *site,
                  LLVMValueRef object, LLVMValueRef begin)
{
    char *const place = place_of(site);
    rewriting->claims =
        allocate_room(rewriting->claims, rewriting->claim_count, sizeof *rewriting->claims);
    rewriting->claims[rewriting->claim_count++] =
        (struct rewrite_check_claim){.object = object,
                                     .begin = begin,
                                     .size_bytes = site->size_bytes,
                                     .text = allocate_text("%s: %s", place, name_of(site))};
    free(place);
}

static void place_site(struct rewriting *rewriting, const struct rewrite_promote *promote,
                       size_t index)
{
    const struct analysis_site *const site = &rewriting->analysis->sites[index];
    if (promote && promote->is_promoted[index]) {
        const LLVMValueRef after = LLVMGetNextInstruction(site->value);
        const LLVMValueRef object = rewrite_promote_site(rewriting->module, site);
        rewriting->counts->promoted_count++;
        claim(rewriting, site, object, after);
    } else if (wants_heap(rewriting, site)) {
        move_variable(rewriting, site);
    } else if (site->kind != ANALYSIS_ALLOCATION && LLVMIsAAllocaInst(site->value) &&
               site->size_known) {
        claim(rewriting, site, site->value, NULL);
    }
}

// clang cannot compile these with -fsplit-stack.
static void unmark_variadic(LLVMModuleRef module)
{
    static const char split[] = "split-stack";
    for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
         function = LLVMGetNextFunction(function)) {
        if (LLVMIsDeclaration(function) ||
            !LLVMIsFunctionVarArg(LLVMGlobalGetValueType(function)) ||
            !LLVMGetStringAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                           split, sizeof split - 1)) {
            continue;
        }
        LLVMRemoveStringAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                         split, sizeof split - 1);
        rewrite_ir_note("'%s' has variable arguments: clang gives it no stack check",
                        LLVMGetValueName(function));
    }
}

// The analysis gives a variable that does not escape the whole function to live in, as Go does: the
// end of its block, which the markers say, is not the end of its use. `{ int x; p = &x; } *p` is
// undefined in C and must not become so here.
static void drop_lifetimes(LLVMModuleRef module)
{
    static const char prefix[] = "llvm.lifetime.";
    for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
         function = LLVMGetNextFunction(function)) {
        if (strncmp(LLVMGetValueName(function), prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        LLVMUseRef use = LLVMGetFirstUse(function);
        while (use) {
            const LLVMValueRef call = LLVMGetUser(use);
            use = LLVMGetNextUse(use);
            LLVMInstructionEraseFromParent(call);
        }
    }
}

static void release_claims(struct rewriting *rewriting)
{
    for (size_t i = 0; i < rewriting->claim_count; i++) {
        free(rewriting->claims[i].text);
    }
    free(rewriting->claims);
}

void rewrite_module(LLVMModuleRef module, const struct analysis *analysis,
                    const struct rewrite_options *options, struct rewrite_counts *counts)
{
    *counts = (struct rewrite_counts){0};
    struct rewriting rewriting = {
        .module = module, .analysis = analysis, .options = options, .counts = counts};
    rewriting.has_own_runtime =
        LLVMGetNamedFunction(module, "main") && !rewrite_host_is_needed(module);
    struct rewrite_promote promote = {0};
    if (!options->is_all_heap) {
        rewrite_promote_init(&promote, module, analysis);
    }
    bool uses_heap = rewrite_barrier_is_needed(module);
    for (size_t i = 0; i < analysis->site_count && !uses_heap; i++) {
        uses_heap = wants_heap(&rewriting, &analysis->sites[i]) && is_movable(&analysis->sites[i]);
    }
    if (uses_heap) {
        struct rewrite_barrier barrier;
        rewrite_barrier_init(&barrier, module, analysis, options->is_all_heap, counts);
        rewrite_barrier_apply(&barrier, module, counts);
        rewrite_barrier_release(&barrier);
    }
    counts->freed_count = promote.free_count;
    rewrite_promote_delete_frees(&promote);
    for (size_t i = 0; i < analysis->site_count; i++) {
        place_site(&rewriting, options->is_all_heap ? NULL : &promote, i);
    }
    rewrite_promote_release(&promote);
    drop_lifetimes(module);
    if (options->is_checked) {
        rewrite_check_module(module, rewriting.claims, rewriting.claim_count);
    }
    release_claims(&rewriting);
    if (counts->moved_count > 0 && rewrite_host_is_needed(module)) {
        rewrite_host_main(module);
    }
    unmark_variadic(module);
    char *message = NULL;
    if (LLVMVerifyModule(module, LLVMReturnStatusAction, &message) != 0) {
        die("the rewritten program is not valid, which is a defect of escape: %s", message);
    }
    LLVMDisposeMessage(message);
}

void rewrite_write(LLVMModuleRef module, const char *path)
{
    char *const temporary = allocate_text("%s.partial-%ld", path, (long)getpid());
    const size_t length = strlen(path);
    char *message = NULL;
    int failed = 0;
    errno = 0;
    if (length > 3 && strcmp(path + length - 3, ".ll") == 0) {
        failed = LLVMPrintModuleToFile(module, temporary, &message);
    } else {
        failed = LLVMWriteBitcodeToFile(module, temporary);
    }
    const int error = errno;
    if (failed) {
        unlink(temporary);
        die("cannot write '%s': %s", path, message ? message : strerror(error));
    }
    if (rename(temporary, path) != 0) {
        const int rename_error = errno;
        unlink(temporary);
        die("cannot write '%s': %s", path, strerror(rename_error));
    }
    free(temporary);
}
