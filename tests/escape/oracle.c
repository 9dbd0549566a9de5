// Compares, parameter by parameter, what our analysis lets escape with what LLVM infers as
// captured.
//
//   oracle [--list CLASS] PROGRAM.bc...
//
// LLVM's `nocapture` and our "leaking param" (to the heap, or itself to a result) are two answers
// to one question by two analyses that have no line in common. Where they differ, the difference is
// given the class of what made one of them give up, found by walking the parameter's uses as LLVM
// does; what fits no class is "unexplained", and the exit status is 1 then. docs/escape.md explains
// the classes.
//
// Sources: LLVM's CaptureTracking.cpp (which uses capture) and FunctionAttrs.cpp (bottom-up over
// the call graph).
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

// Why LLVM says captured and we do not; of several the first counts.
enum { PASSES = 8 };

enum class {
    CLASS_NONE,
    CLASS_COMPARED,   // with another pointer or NULL
    CLASS_DIFFERENCE, // of two pointers
    CLASS_INTEGER,    // its bits are tested or hashed, not kept
    CLASS_VOLATILE,   // accessed by a volatile load or store
    CLASS_LOCAL,      // stored in a variable or object that does not escape itself
    CLASS_BEHIND,     // stored where a parameter points, and that is an object that does not escape
    CLASS_RESULT,     // a callee returns it, and the result does not escape
    CLASS_LIBRARY,    // a library function or intrinsic that our table knows better
    CLASS_RECURSION,  // passed on to itself at several places, where LLVM looks through one only
    CLASS_USES,       // LLVM stops after a number of uses; it proves the same without that limit
    CLASS_PASSES,     // and this when its pass is run again and again
    CLASS_UNEXPLAINED, // none of these
    CLASS_COUNT
};

static const char *const class_names[CLASS_COUNT] = {
    [CLASS_NONE] = "-",
    [CLASS_COMPARED] = "compared",
    [CLASS_DIFFERENCE] = "difference",
    [CLASS_INTEGER] = "integer",
    [CLASS_VOLATILE] = "volatile",
    [CLASS_LOCAL] = "local",
    [CLASS_BEHIND] = "behind",
    [CLASS_RESULT] = "result",
    [CLASS_LIBRARY] = "library",
    [CLASS_RECURSION] = "recursion",
    [CLASS_USES] = "uses",
    [CLASS_PASSES] = "passes",
    [CLASS_UNEXPLAINED] = "unexplained",
};

struct parameter {
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

static struct parameter *parameters;
static size_t parameter_count;
static const struct effects *effects;
static unsigned nocapture_kind;

static int by_value(const void *a, const void *b)
{
    const uintptr_t left = (uintptr_t)((const struct parameter *)a)->llvms;
    const uintptr_t right = (uintptr_t)((const struct parameter *)b)->llvms;
    return (left > right) - (left < right);
}

static struct parameter *find(LLVMValueRef argument_of_llvm)
{
    const struct parameter key = {.llvms = argument_of_llvm};
    return bsearch(&key, parameters, parameter_count, sizeof key, by_value);
}

static bool has_nocapture(LLVMValueRef function, unsigned index)
{
    return LLVMGetEnumAttributeAtIndex(function, index + 1, nocapture_kind) != NULL;
}

static bool call_has_nocapture(LLVMValueRef call, unsigned index)
{
    return LLVMGetCallSiteEnumAttribute(call, index + 1, nocapture_kind) != NULL;
}

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
            parameters = allocate_room(parameters, parameter_count, sizeof *parameters);
            parameters[parameter_count++] = (struct parameter){
                .ours = LLVMGetParam(twin, i),
                .llvms = argument,
                .function = name,
                .index = i,
                .captured = !has_nocapture(f, i),
            };
        }
    }
    qsort(parameters, parameter_count, sizeof *parameters, by_value);
}

static void note_captured(LLVMModuleRef module, bool *answers)
{
    for (size_t i = 0; i < parameter_count; i++) {
        const LLVMValueRef f = LLVMGetNamedFunction(module, parameters[i].function);
        answers[i] = !has_nocapture(f, parameters[i].index);
    }
}

// LLVM's limit can be set once a process, so another process answers.
static void infer_without_limits(LLVMModuleRef module)
{
    bool *const answers = mmap(NULL, 2 * parameter_count + 1, PROT_READ | PROT_WRITE,
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
        note_captured(module, answers + parameter_count);
        _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        die("the second inference failed");
    }
    for (size_t i = 0; i < parameter_count; i++) {
        parameters[i].captured_without_limit = answers[i];
        parameters[i].captured_at_last = answers[parameter_count + i];
    }
    munmap(answers, 2 * parameter_count + 1);
}

static void take_findings(const struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->finding_count; i++) {
        const struct finding *const finding = &analysis->findings[i];
        if (!finding->value || finding->kind < FINDING_LEAK) {
            continue;
        }
        for (size_t j = 0; j < parameter_count; j++) {
            struct parameter *const parameter = &parameters[j];
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

// ---- why LLVM gave up --------------------------------------------------------------------------

static uint64_t bit(enum class class)
{
    return 1u << class;
}

static LLVMValueRef unexplained_at; // the use that the last answer has no class for

static uint64_t unexplained(LLVMValueRef use)
{
    unexplained_at = use;
    return bit(CLASS_UNEXPLAINED);
}

static uint64_t walk_parameter(struct parameter *parameter);

// What becomes of an integer made from the pointer: a difference, a test, or something else.
static uint64_t walk_integer(LLVMValueRef integer)
{
    uint64_t classes = 0;
    for (LLVMUseRef use = LLVMGetFirstUse(integer); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        const LLVMOpcode opcode = LLVMGetInstructionOpcode(user);
        if (opcode == LLVMSub && LLVMIsAPtrToIntInst(LLVMGetOperand(user, 0)) &&
            LLVMIsAPtrToIntInst(LLVMGetOperand(user, 1))) {
            classes |= bit(CLASS_DIFFERENCE);
        } else if (opcode == LLVMICmp || opcode == LLVMURem) {
            classes |= bit(CLASS_INTEGER);
        } else if (opcode == LLVMAnd || opcode == LLVMTrunc || opcode == LLVMOr ||
                   opcode == LLVMXor || opcode == LLVMAdd || opcode == LLVMLShr) {
            classes |= walk_integer(user);
        } else {
            classes |= unexplained(user);
        }
    }
    return classes ? classes : bit(CLASS_INTEGER);
}

// Values that the walk of one parameter has been at: phis make cycles, and paths are many.
struct visited {
    LLVMValueRef *values;
    size_t count;
};

static bool visit(struct visited *visited, LLVMValueRef value)
{
    for (size_t i = 0; i < visited->count; i++) {
        if (visited->values[i] == value) {
            return false;
        }
    }
    visited->values = allocate_room(visited->values, visited->count, sizeof(LLVMValueRef));
    visited->values[visited->count++] = value;
    return true;
}

static uint64_t walk_call(LLVMValueRef call, LLVMValueRef value)
{
    const LLVMValueRef callee = LLVMGetCalledValue(call);
    uint64_t classes = 0;
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++) {
        if (LLVMGetOperand(call, i) != value || call_has_nocapture(call, i)) {
            continue;
        }
        if (!LLVMIsAFunction(callee)) {
            classes |= unexplained(call);
        } else if (i < LLVMCountParams(callee) && has_nocapture(callee, i)) {
            continue;
        } else if (LLVMIsDeclaration(callee)) {
            size_t length;
            const bool listed = effects_find(effects, LLVMGetValueName2(callee, &length)) ||
                                LLVMGetIntrinsicID(callee) != 0;
            classes |= listed ? bit(CLASS_LIBRARY) : unexplained(call);
        } else {
            struct parameter *const parameter =
                i < LLVMCountParams(callee) ? find(LLVMGetParam(callee, i)) : NULL;
            if (!parameter) {
                classes |= unexplained(call);
            } else if (parameter->returned) {
                classes |= bit(CLASS_RESULT);
            } else if (parameter->behind) {
                classes |= bit(CLASS_BEHIND);
            } else {
                const LLVMBasicBlockRef block = LLVMGetInstructionParent(call);
                parameter->self_call_count += LLVMGetBasicBlockParent(block) == callee;
                classes |= parameter->self_call_count > 1 ? bit(CLASS_RECURSION) : 0;
                classes |= walk_parameter(parameter);
            }
        }
    }
    return classes;
}

static bool is_behind(LLVMValueRef address)
{
    while (LLVMIsAGetElementPtrInst(address)) {
        address = LLVMGetOperand(address, 0);
    }
    return LLVMIsAArgument(address);
}

static uint64_t walk(LLVMValueRef value, struct visited *visited)
{
    uint64_t classes = 0;
    if (!visit(visited, value)) {
        return 0;
    }
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        const LLVMValueRef user = LLVMGetUser(use);
        switch (LLVMGetInstructionOpcode(user)) {
        case LLVMLoad:
            classes |= LLVMGetVolatile(user) ? bit(CLASS_VOLATILE) : 0;
            break;
        case LLVMStore:
            if (LLVMGetOperand(user, 0) == value) {
                classes |= bit(is_behind(LLVMGetOperand(user, 1)) ? CLASS_BEHIND : CLASS_LOCAL);
            } else if (LLVMGetVolatile(user)) {
                classes |= bit(CLASS_VOLATILE);
            }
            break;
        case LLVMGetElementPtr:
        case LLVMBitCast:
        case LLVMPHI:
        case LLVMSelect:
        case LLVMFreeze:
            classes |= walk(user, visited);
            break;
        case LLVMICmp:
            classes |= bit(CLASS_COMPARED);
            break;
        case LLVMPtrToInt:
            classes |= walk_integer(user);
            break;
        case LLVMCall:
            classes |= walk_call(user, value);
            break;
        case LLVMAtomicRMW:
        case LLVMAtomicCmpXchg:
            classes |= bit(LLVMGetOperand(user, 0) == value ? CLASS_VOLATILE : CLASS_LOCAL);
            break;
        default:
            classes |= unexplained(user);
        }
    }
    return classes;
}

// Each parameter counts once in an answer; recursion ends where it has been.
static uint64_t walk_parameter(struct parameter *parameter)
{
    if (parameter->is_walked || !parameter->captured) {
        return 0;
    }
    parameter->is_walked = true;
    if (!parameter->captured_at_last) {
        return bit(parameter->captured_without_limit ? CLASS_PASSES : CLASS_USES);
    }
    if (effects_find(effects, parameter->function)) {
        return bit(CLASS_LIBRARY); // an inline definition of a function that the table knows
    }
    struct visited visited = {0};
    const uint64_t classes = walk(parameter->llvms, &visited);
    free(visited.values);
    return classes;
}

static enum class class_of(struct parameter *parameter) {
    for (size_t i = 0; i < parameter_count; i++){parameters[i].is_walked = false;}
const uint64_t classes = walk_parameter(parameter);
if (classes & bit(CLASS_UNEXPLAINED)) {
    return CLASS_UNEXPLAINED;
}
for (enum class class = CLASS_COMPARED; class < CLASS_UNEXPLAINED; class ++) {
    if (classes & bit(class)) {
        return class;
    }
}
return CLASS_UNEXPLAINED;
}

// ---- the table ---------------------------------------------------------------------------------

struct tally {
    size_t parameters, unreported, both_stay, both_escape;
    size_t ours_only[CLASS_COUNT];
    size_t llvms_only[FINDING_REASON_COUNT];
    size_t functions;
    uint64_t solve_ns;
};

static void list(const struct parameter *parameter, const char *class, const char *wanted)
{
    if (!wanted || strcmp(wanted, class) != 0) {
        return;
    }
    printf("  %s: %s parameter %u", class, parameter->function, parameter->index);
    if (parameter->finding) {
        printf(": %s", parameter->finding->because);
    } else if (unexplained_at) {
        const LLVMBasicBlockRef block = LLVMGetInstructionParent(unexplained_at);
        char *const text = LLVMPrintValueToString(unexplained_at);
        printf(" in %s:%s", LLVMGetValueName(LLVMGetBasicBlockParent(block)), text);
        LLVMDisposeMessage(text);
    }
    putchar('\n');
}

static void count(struct tally *tally, const char *wanted)
{
    for (size_t i = 0; i < parameter_count; i++) {
        struct parameter *const parameter = &parameters[i];
        tally->parameters++;
        if (!parameter->reported) {
            tally->unreported++;
            list(parameter, "unreported", wanted);
        } else if (parameter->escapes && parameter->captured) {
            tally->both_escape++;
        } else if (parameter->escapes) {
            const enum finding_reason reason = parameter->finding->reason;
            tally->llvms_only[reason]++;
            list(parameter, finding_reason_name(reason), wanted);
        } else if (parameter->captured) {
            const enum class class = class_of(parameter);
            tally->ours_only[class]++;
            list(parameter, class_names[class], wanted);
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
    struct analysis *const analysis = analysis_new(ours, &options, effects);
    take_findings(analysis);
    count(tally, wanted);
    tally->functions += analysis->function_count;
    tally->solve_ns += analysis->solve_ns;
    free(parameters);
    parameters = NULL;
    parameter_count = 0;
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
    effects = table;
    nocapture_kind = LLVMGetEnumAttributeKindForName("nocapture", 9);
    struct tally tally = {0};
    for (int i = first; i < argc; i++) {
        compare(argv[i], &tally, wanted);
    }
    effects_release(table);
    printf("%zu pointer parameters, %zu of them without an answer of ours\n", tally.parameters,
           tally.unreported);
    printf("%6zu  escape for neither\n%6zu  escape for both\n", tally.both_stay, tally.both_escape);
    puts("escape for LLVM only, because");
    for (enum class class = CLASS_COMPARED; class < CLASS_COUNT; class ++) {
        printf("%6zu  %s\n", tally.ours_only[class], class_names[class]);
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
    return tally.ours_only[CLASS_UNEXPLAINED] > 0;
}
