// Compares, parameter by parameter, what our analysis lets escape with what LLVM infers as
// captured.
//
//   oracle [--list CLASS] PROGRAM.bc...
//
// LLVM's `nocapture` and our "leaking param" (to the heap, or itself to a result) are two answers
// to one question by two analyses that have no line in common. Where they differ, the difference is
// given the class of what made one of them give up, found by walking the parameter's uses as LLVM
// does (captured.h); what fits no class is "unexplained", and the exit status is 1 then.
// docs/escape.md explains the classes.
#include "tests/escape/captured.h"

#include "base/allocate.h"
#include "base/die.h"
#include "escape/analysis.h"
#include "escape/effects.h"

#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Support.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSES = 8 };

static struct captured_program program;

static void run_passes(LLVMModuleRef module, const char *passes)
{
    const LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    const LLVMErrorRef error = LLVMRunPasses(module, passes, NULL, options);
    if (error) {
        die("LLVM's passes: %s", LLVMGetErrorMessage(error));
    }
    LLVMDisposePassBuilderOptions(options);
}

static void infer(LLVMModuleRef module)
{
    run_passes(module, "inferattrs,function(sroa),cgscc(function-attrs)");
}

// Every pointer parameter that the source has: not where a struct is returned or passed by value.
static void collect(LLVMModuleRef ours, LLVMModuleRef llvms)
{
    const unsigned sret = LLVMGetEnumAttributeKindForName("sret", 4);
    const unsigned byval = LLVMGetEnumAttributeKindForName("byval", 5);
    for (LLVMValueRef f = LLVMGetFirstFunction(llvms); f; f = LLVMGetNextFunction(f)) {
        size_t length;
        const char *const name = LLVMGetValueName2(f, &length);
        const LLVMValueRef twin = LLVMGetNamedFunction(ours, name);
        if (LLVMIsDeclaration(f) || !twin) {
            continue;
        }
        for (unsigned i = 0; i < LLVMCountParams(f); i++) {
            const LLVMValueRef argument = LLVMGetParam(f, i);
            if (LLVMGetTypeKind(LLVMTypeOf(argument)) != LLVMPointerTypeKind ||
                LLVMGetEnumAttributeAtIndex(f, i + 1, sret) ||
                LLVMGetEnumAttributeAtIndex(f, i + 1, byval)) {
                continue;
            }
            program.parameters =
                allocate_room(program.parameters, program.count, sizeof program.parameters[0]);
            program.parameters[program.count++] = (struct captured_parameter){
                .ours = LLVMGetParam(twin, i),
                .llvms = argument,
                .function = name,
                .index = i,
                .captured = !captured_is_none(f, i),
            };
        }
    }
    captured_sort(&program);
}

static void note_captured(LLVMModuleRef module, bool *answers)
{
    for (size_t i = 0; i < program.count; i++) {
        const LLVMValueRef f = LLVMGetNamedFunction(module, program.parameters[i].function);
        answers[i] = !captured_is_none(f, program.parameters[i].index);
    }
}

// LLVM's limit can be set once a process, so another process answers.
static void infer_without_limits(LLVMModuleRef module)
{
    bool *const answers = mmap(NULL, 2 * program.count + 1, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answers == MAP_FAILED) {
        die("no memory for the answers");
    }
    const pid_t child = fork();
    if (child == 0) {
        const char *const options[] = {"oracle", "-capture-tracking-max-uses-to-explore=1000000"};
        LLVMParseCommandLineOptions(2, options, NULL);
        infer(module);
        note_captured(module, answers);
        for (int i = 0; i < PASSES; i++) {
            run_passes(module, "cgscc(function-attrs)");
        }
        note_captured(module, answers + program.count);
        _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        die("the second inference failed");
    }
    for (size_t i = 0; i < program.count; i++) {
        program.parameters[i].captured_without_limit = answers[i];
        program.parameters[i].captured_at_last = answers[program.count + i];
    }
    munmap(answers, 2 * program.count + 1);
}

static void take_findings(const struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->finding_count; i++) {
        const struct finding *const finding = &analysis->findings[i];
        if (!finding->value || finding->kind < FINDING_LEAK) {
            continue;
        }
        for (size_t j = 0; j < program.count; j++) {
            struct captured_parameter *const parameter = &program.parameters[j];
            if (parameter->ours != finding->value) {
                continue;
            }
            parameter->reported = true;
            if (finding->kind == FINDING_LEAK) {
                parameter->escapes = true;
                parameter->finding = finding;
            } else if (finding->kind == FINDING_LEAK_RESULT && finding->level == 0) {
                parameter->escapes = parameter->returned = true;
                parameter->finding = finding;
            } else if (finding->kind == FINDING_LEAK_BEHIND && finding->level == 0) {
                parameter->escapes = parameter->behind = true;
                parameter->finding = finding;
            }
        }
    }
}

// ---- the table ---------------------------------------------------------------------------------

struct tally {
    size_t parameters, unreported, both_stay, both_escape;
    size_t ours_only[CAPTURED_COUNT];
    size_t llvms_only[FINDING_REASON_COUNT];
    size_t functions;
    uint64_t solve_ns;
};

static void list(const struct captured_parameter *parameter, const char *name, LLVMValueRef use,
                 const char *wanted)
{
    if (!wanted || strcmp(wanted, name) != 0) {
        return;
    }
    printf("  %s: %s parameter %u", name, parameter->function, parameter->index);
    if (parameter->finding) {
        printf(": %s", parameter->finding->because);
    } else if (use) {
        const LLVMBasicBlockRef block = LLVMGetInstructionParent(use);
        char *const text = LLVMPrintValueToString(use);
        printf(" in %s:%s", LLVMGetValueName(LLVMGetBasicBlockParent(block)), text);
        LLVMDisposeMessage(text);
    }
    putchar('\n');
}

static void count(struct tally *tally, const char *wanted)
{
    for (size_t i = 0; i < program.count; i++) {
        struct captured_parameter *const parameter = &program.parameters[i];
        tally->parameters++;
        if (!parameter->reported) {
            tally->unreported++;
            list(parameter, "unreported", NULL, wanted);
        } else if (parameter->escapes && parameter->captured) {
            tally->both_escape++;
        } else if (parameter->escapes) {
            const enum finding_reason reason = parameter->finding->reason;
            tally->llvms_only[reason]++;
            list(parameter, finding_reason_name(reason), NULL, wanted);
        } else if (parameter->captured) {
            LLVMValueRef use;
            const enum captured_class kind = captured_why(&program, parameter, &use);
            tally->ours_only[kind]++;
            list(parameter, captured_names[kind], use, wanted);
        } else {
            tally->both_stay++;
        }
    }
}

static void compare(const char *path, struct tally *tally, const char *wanted)
{
    const LLVMContextRef context = LLVMContextCreate();
    LLVMMemoryBufferRef buffer;
    LLVMModuleRef ours;
    char *message;
    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message)) {
        die("%s: %s", path, message);
    }
    if (LLVMParseIRInContext(context, buffer, &ours, &message)) {
        die("%s: %s", path, message);
    }
    LLVMSetIsNewDbgInfoFormat(ours, 0);
    const LLVMModuleRef llvms = LLVMCloneModule(ours);
    const LLVMModuleRef without_limits = LLVMCloneModule(ours);
    infer(llvms);
    collect(ours, llvms);
    infer_without_limits(without_limits);
    const struct analysis_options options = {.mode = ANALYSIS_PRECISE};
    struct analysis *const analysis = analysis_new(ours, &options, program.effects);
    take_findings(analysis);
    count(tally, wanted);
    tally->functions += analysis->function_count;
    tally->solve_ns += analysis->solve_ns;
    free(program.parameters);
    program = (struct captured_program){.effects = program.effects};
    analysis_release(analysis);
    LLVMDisposeModule(without_limits);
    LLVMDisposeModule(llvms);
    LLVMDisposeModule(ours);
    LLVMContextDispose(context);
}

int main(int argc, char **argv)
{
    die_program_name("oracle");
    const char *wanted = NULL;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--list") == 0) {
        wanted = argv[2];
        first = 3;
    }
    if (first == argc) {
        die("usage: oracle [--list CLASS] PROGRAM.bc...");
    }
    struct effects *const table = effects_new(NULL);
    program.effects = table;
    struct tally tally = {0};
    for (int i = first; i < argc; i++) {
        compare(argv[i], &tally, wanted);
    }
    effects_release(table);
    printf("%zu pointer parameters, %zu of them without an answer of ours\n", tally.parameters,
           tally.unreported);
    printf("%6zu  escape for neither\n%6zu  escape for both\n", tally.both_stay, tally.both_escape);
    puts("escape for LLVM only, because");
    for (enum captured_class kind = CAPTURED_COMPARED; kind < CAPTURED_COUNT; kind++) {
        printf("%6zu  %s\n", tally.ours_only[kind], captured_names[kind]);
    }
    puts("escape for us only, because");
    for (enum finding_reason reason = 0; reason < FINDING_REASON_COUNT; reason++) {
        if (tally.llvms_only[reason]) {
            printf("%6zu  %s\n", tally.llvms_only[reason], finding_reason_name(reason));
        }
    }
    // On stderr: it differs from run to run.
    fprintf(stderr, "%zu functions analysed in %.1f ms, %.0f a second\n", tally.functions,
            (double)tally.solve_ns / 1e6,
            (double)tally.functions * 1e9 / (double)(tally.solve_ns ? tally.solve_ns : 1));
    return tally.ours_only[CAPTURED_UNEXPLAINED] > 0;
}
