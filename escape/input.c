#include "escape/input.h"

#include "base/allocate.h"
#include "base/die.h"
#include "escape/bitcode_version.h"
#include "escape/clang.h"
#include "escape/compdb.h"

#include <errno.h>
#include <limits.h>
#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Linker.h>
#include <llvm/Config/llvm-config.h>
#include <string.h>
#include <sys/stat.h>

// LLVM reports errors to a handler of the context: the newest one's text.
static char *diagnostic;

static void keep_diagnostic(LLVMDiagnosticInfoRef info, void *context)
{
    (void)context;
    if (LLVMGetDiagInfoSeverity(info) != LLVMDSError) {
        return;
    }
    char *const text = LLVMGetDiagInfoDescription(info);
    free(diagnostic);
    diagnostic = allocate_text("%s", text);
    LLVMDisposeMessage(text);
}

static const char *first_line(char *text)
{
    if (!text) {
        return "LLVM gives no reason";
    }
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    return length > strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static LLVMModuleRef parse_bitcode(LLVMContextRef context, const char *path,
                                   const unsigned char *bytes, size_t size_bytes)
{
    char producer[BITCODE_VERSION_TEXT_BYTES];
    if (!bitcode_version_is_bitcode(bytes, size_bytes)) {
        die("'%s' is no LLVM bitcode", path);
    }
    const char *const digits = strpbrk(LLVM_VERSION_STRING, "0123456789");
    const unsigned long major = strtoul(digits, NULL, 10);
    if (bitcode_version_read(bytes, size_bytes, producer)) {
        const char *const version = strpbrk(producer, "0123456789");
        if (!version || strtoul(version, NULL, 10) != major) {
            die("'%s' is bitcode of %s; of LLVM %lu was expected (compile it with clang-%lu)", path,
                producer, major, major);
        }
    }
    LLVMMemoryBufferRef buffer =
        LLVMCreateMemoryBufferWithMemoryRangeCopy((const char *)bytes, size_bytes, path);
    LLVMModuleRef module = NULL;
    const bool is_bad = LLVMParseBitcodeInContext2(context, buffer, &module) != 0;
    LLVMDisposeMemoryBuffer(buffer);
    if (is_bad) {
        die("'%s': the bitcode cannot be read: %s", path, first_line(diagnostic));
    }
    return module;
}

static LLVMMemoryBufferRef read_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        die("cannot read '%s': %s", path, strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) {
        die("cannot read '%s': %s", path, strerror(EISDIR));
    }
    LLVMMemoryBufferRef buffer = NULL;
    char *message = NULL;
    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message) != 0) {
        die("cannot read '%s': %s", path, first_line(message));
    }
    return buffer;
}

static LLVMModuleRef load_compiled(LLVMContextRef context, const struct clang_job *job)
{
    size_t size_bytes = 0;
    unsigned char *const bytes = clang_compile(job, &size_bytes);
    const LLVMModuleRef module = parse_bitcode(context, job->path, bytes, size_bytes);
    free(bytes);
    return module;
}

static LLVMModuleRef load_file(LLVMContextRef context, const char *path,
                               const struct escape_options *options)
{
    if (ends_with(path, ".c")) {
        struct stat status;
        if (stat(path, &status) != 0) {
            die("cannot read '%s': %s", path, strerror(errno));
        }
        const struct clang_job job = {.program = options->clang,
                                      .path = path,
                                      .arguments = options->clang_arguments,
                                      .argument_count = options->clang_argument_count};
        return load_compiled(context, &job);
    }
    if (!ends_with(path, ".bc") && !ends_with(path, ".ll")) {
        die("'%s': a name that ends in .c, .bc or .ll was expected", path);
    }
    LLVMMemoryBufferRef buffer = read_file(path);
    LLVMModuleRef module = NULL;
    if (ends_with(path, ".bc")) {
        module = parse_bitcode(context, path, (const unsigned char *)LLVMGetBufferStart(buffer),
                               LLVMGetBufferSize(buffer));
        LLVMDisposeMemoryBuffer(buffer);
        return module;
    }
    char *message = NULL;
    if (LLVMParseIRInContext(context, buffer, &module, &message) != 0) {
        die("'%s' is no LLVM assembly of version %s: %s", path, LLVM_VERSION_STRING,
            first_line(message));
    }
    return module;
}

static void add_unit(struct input *input, const char *path, LLVMModuleRef module)
{
    char *message = NULL;
    if (LLVMVerifyModule(module, LLVMReturnStatusAction, &message) != 0) {
        die("'%s' is no valid program: %s", path, first_line(message));
    }
    LLVMDisposeMessage(message);
    if (LLVMGetNamedMetadataNumOperands(module, "llvm.dbg.cu") == 0) {
        fprintf(stderr,
                "escape: note: '%s' has no debug information: positions and names of "
                "variables are missing (compile it with -g)\n",
                path);
    }
    LLVMSetIsNewDbgInfoFormat(module, 0);
    input->units = allocate_room(input->units, input->unit_count, sizeof *input->units);
    input->units[input->unit_count++] =
        (struct input_unit){.path = allocate_text("%s", path), .module = module};
}

// A path of the command line selects the entry of the same file, however either is written.
static bool is_selected(const struct compdb_entry *entry, const struct escape_options *options)
{
    char *const joined = entry->path[0] == '/'
                             ? allocate_text("%s", entry->path)
                             : allocate_text("%s/%s", entry->directory, entry->path);
    struct stat of_entry;
    bool found = options->path_count == 0;
    if (stat(joined, &of_entry) == 0) {
        for (size_t i = 0; i < options->path_count && !found; i++) {
            struct stat status;
            found = stat(options->paths[i], &status) == 0 && status.st_ino == of_entry.st_ino &&
                    status.st_dev == of_entry.st_dev;
        }
    }
    free(joined);
    return found;
}

// Projects list a file once for a static and once for a shared library, or for each test.
static bool is_listed_before(const struct compdb *compdb, size_t index)
{
    const struct compdb_entry *const entry = &compdb->entries[index];
    for (size_t i = 0; i < index; i++) {
        const struct compdb_entry *const other = &compdb->entries[i];
        const bool is_absolute = entry->path[0] == '/' && other->path[0] == '/';
        if (strcmp(other->path, entry->path) == 0 &&
            (is_absolute || strcmp(other->directory, entry->directory) == 0)) {
            return true;
        }
    }
    return false;
}

static void load_compdb(struct input *input, const struct escape_options *options)
{
    struct compdb compdb;
    compdb_init(&compdb, options->compdb_path);
    for (size_t i = 0; i < compdb.entry_count; i++) {
        const struct compdb_entry *const entry = &compdb.entries[i];
        if (!is_selected(entry, options)) {
            continue;
        }
        if (is_listed_before(&compdb, i)) {
            fprintf(stderr,
                    "escape: note: '%s' is listed more than once: its first command counts\n",
                    entry->path);
            continue;
        }
        const size_t count = entry->argument_count + options->clang_argument_count;
        const char **const arguments = allocate_zeroed(count, sizeof *arguments);
        memcpy(arguments, entry->arguments, entry->argument_count * sizeof *arguments);
        memcpy(arguments + entry->argument_count, options->clang_arguments,
               options->clang_argument_count * sizeof *arguments);
        const struct clang_job job = {.program = options->clang,
                                      .directory = entry->directory,
                                      .path = entry->path,
                                      .arguments = arguments,
                                      .argument_count = count};
        add_unit(input, entry->path, load_compiled(input->context, &job));
        free(arguments);
    }
    if (input->unit_count == 0) {
        die("'%s' names none of the files given", options->compdb_path);
    }
    compdb_release(&compdb);
}

static void link_units(struct input *input)
{
    for (size_t i = 1; i < input->unit_count; i++) {
        struct input_unit *const unit = &input->units[i];
        LLVMSetIsNewDbgInfoFormat(unit->module, LLVMIsNewDbgInfoFormat(input->units[0].module));
        if (LLVMLinkModules2(input->units[0].module, unit->module) != 0) {
            die("cannot link '%s' with the files before it: %s (name the files of one program, or "
                "keep files apart with --per-file)",
                unit->path, first_line(diagnostic));
        }
        free(unit->path);
    }
    input->unit_count = 1;
}

void input_init(struct input *input, const struct escape_options *options)
{
    *input = (struct input){.context = LLVMContextCreate()};
    LLVMContextSetDiscardValueNames(input->context, 0);
    LLVMContextSetDiagnosticHandler(input->context, keep_diagnostic, NULL);
    if (options->compdb_path) {
        load_compdb(input, options);
    } else {
        for (size_t i = 0; i < options->path_count; i++) {
            const char *const path = options->paths[i];
            add_unit(input, path, load_file(input->context, path, options));
        }
    }
    if (!options->is_per_file) {
        link_units(input);
    }
}

void input_release(struct input *input)
{
    for (size_t i = 0; i < input->unit_count; i++) {
        LLVMDisposeModule(input->units[i].module);
        free(input->units[i].path);
    }
    free(input->units);
    free(diagnostic);
    diagnostic = NULL;
    LLVMContextDispose(input->context);
    *input = (struct input){0};
}
