#include "escape/escape_options.h"

#include "base/allocate.h"
#include "base/die.h"

#include <errno.h>
#include <string.h>

#ifndef ESCAPEMENT_VERSION
#define ESCAPEMENT_VERSION "unknown"
#endif
#ifndef ESCAPEMENT_COMMIT
#define ESCAPEMENT_COMMIT "unknown"
#endif

static const char help[] =
    "usage: escape [OPTION]... FILE... [-- CLANG-OPTION...]\n"
    "\n"
    "Says for every variable and allocation of a C program whether it escapes its function, as\n"
    "`go build -gcflags=-m` does for Go. FILE is .c (compiled with clang), .bc or .ll. Several\n"
    "files are one program.\n"
    "\n"
    "  -m                 the decisions, one a line (default without --place)\n"
    "  -m=2               and under each the flow that decided it\n"
    "  --mode=precise     follows fields apart and values through variables (default)\n"
    "  --mode=go          decides what Go's compiler decides\n"
    "  --json, --sarif    the same as JSON, or as SARIF 2.1.0 for code-scanning viewers\n"
    "  --per-file         every file for itself; what the others define is unknown\n"
    "  --whole-program    nothing but these files: nothing replaces a weak function of theirs\n"
    "  --compdb=FILE      the C sources of a compile_commands.json, of it only FILE... when given\n"
    "  --effects=FILE     what library functions do with pointers, beside the built-in table\n"
    "  --implicit-max=N   bytes of an allocation that the stack may still hold (65536)\n"
    "  --explicit-max=N   bytes of a variable that the stack may still hold (131072)\n"
    "  --place=auto       writes the program with every object where the analysis puts it\n"
    "  --place=heap       writes the program with every object on the collected heap\n"
    "  -o OUT             where to: .bc or .ll\n"
    "  --check            and with code that reports at run time where the analysis was wrong\n"
    "  --clang=PROGRAM    the compiler of .c files (clang-19)\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0, or 2 with a message when something is wrong with the input.\n"
    "docs/escape.md explains every line that it prints.\n";

// The text after "NAME=", or the next argument; NULL when `argument` is another option.
static const char *value_of(const char *name, int argc, char **argv, int *index)
{
    const size_t length = strlen(name);
    const char *const argument = argv[*index];
    if (strncmp(argument, name, length) != 0) {
        return NULL;
    }
    if (argument[length] == '=' && argument[length + 1] != '\0') {
        return argument + length + 1;
    }
    if (argument[length] == '\0' && *index + 1 < argc && argv[*index + 1][0] != '-') {
        return argv[++*index];
    }
    if (argument[length] == '\0' || argument[length] == '=') {
        die("%s needs a value: %s=...", name, name);
    }
    return NULL;
}

static uint64_t parse_bytes(const char *name, const char *text)
{
    errno = 0;
    char *end = NULL;
    const uint64_t value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno) {
        die("%s: '%s' is no number of bytes", name, text);
    }
    return value;
}

static size_t choose(const char *name, const char *text, const char *const *choices)
{
    size_t index = 0;
    while (choices[index] && strcmp(choices[index], text) != 0) {
        index++;
    }
    if (!choices[index]) {
        die("%s: '%s' is neither '%s' nor '%s'", name, text, choices[0], choices[1]);
    }
    return index;
}

static bool parse_flag(struct escape_options *options, const char *argument)
{
    if (strcmp(argument, "-m") == 0 || strcmp(argument, "-m=1") == 0) {
        options->verbosity = options->verbosity > 1 ? options->verbosity : 1;
    } else if (strcmp(argument, "-m=2") == 0) {
        options->verbosity = 2;
    } else if (strcmp(argument, "--json") == 0) {
        options->format = ESCAPE_JSON;
    } else if (strcmp(argument, "--sarif") == 0) {
        options->format = ESCAPE_SARIF;
    } else if (strcmp(argument, "--per-file") == 0) {
        options->is_per_file = true;
    } else if (strcmp(argument, "--whole-program") == 0) {
        options->is_whole_program = true;
    } else if (strcmp(argument, "--check") == 0) {
        options->is_checked = true;
    } else {
        return false;
    }
    return true;
}

static bool parse_valued(struct escape_options *options, int argc, char **argv, int *index)
{
    const char *value = NULL;
    if ((value = value_of("--mode", argc, argv, index))) {
        options->is_go_mode =
            choose("--mode", value, (const char *const[]){"precise", "go", NULL}) == 1;
    } else if ((value = value_of("--place", argc, argv, index))) {
        options->place = choose("--place", value, (const char *const[]){"heap", "auto", NULL}) == 1
                             ? ESCAPE_PLACE_AUTO
                             : ESCAPE_PLACE_HEAP;
    } else if ((value = value_of("--compdb", argc, argv, index))) {
        options->compdb_path = value;
    } else if ((value = value_of("--effects", argc, argv, index))) {
        options->effects_path = value;
    } else if ((value = value_of("--clang", argc, argv, index))) {
        options->clang = value;
    } else if ((value = value_of("--implicit-max", argc, argv, index))) {
        options->implicit_bytes_max = parse_bytes("--implicit-max", value);
    } else if ((value = value_of("--explicit-max", argc, argv, index))) {
        options->explicit_bytes_max = parse_bytes("--explicit-max", value);
    } else if ((value = value_of("-o", argc, argv, index))) {
        options->out_path = value;
    } else {
        return false;
    }
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    return length > strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static void check_together(const struct escape_options *options)
{
    if (options->path_count == 0 && !options->compdb_path) {
        die("no input: a .c, .bc or .ll file was expected (--help lists the options)");
    }
    if (options->place != ESCAPE_PLACE_NONE && !options->out_path) {
        die("--place needs -o OUT.bc or -o OUT.ll");
    }
    if (options->place == ESCAPE_PLACE_NONE && options->out_path) {
        die("-o '%s': only --place writes a program", options->out_path);
    }
    if (options->out_path && !ends_with(options->out_path, ".bc") &&
        !ends_with(options->out_path, ".ll")) {
        die("-o '%s': a name that ends in .bc or .ll was expected", options->out_path);
    }
    if (options->is_checked && options->place != ESCAPE_PLACE_AUTO) {
        die("--check belongs to --place=auto: it checks what that put on the stack");
    }
    if (options->is_per_file && options->is_whole_program) {
        die("--per-file and --whole-program exclude each other");
    }
    if (options->is_per_file && options->place != ESCAPE_PLACE_NONE && options->path_count > 1) {
        die("--per-file with --place: one file at a time, as -o names one output");
    }
}

void escape_options_init(struct escape_options *options, int argc, char **argv)
{
    const char **const paths = allocate_zeroed((size_t)argc, sizeof *paths);
    *options = (struct escape_options){.clang = "clang-19",
                                       .implicit_bytes_max = 64 * 1024,
                                       .explicit_bytes_max = 128 * 1024,
                                       .paths = paths};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            exit(0);
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("escape %s (commit %s)\n", ESCAPEMENT_VERSION, ESCAPEMENT_COMMIT);
            exit(0);
        }
        if (strcmp(argv[i], "--") == 0) {
            options->clang_arguments = (const char *const *)argv + i + 1;
            options->clang_argument_count = (size_t)(argc - i - 1);
            break;
        }
        if (argv[i][0] != '-') {
            paths[options->path_count++] = argv[i];
        } else if (!parse_flag(options, argv[i]) && !parse_valued(options, argc, argv, &i)) {
            die("unknown option '%s' (--help lists them; clang's follow --)", argv[i]);
        }
    }
    if (options->verbosity == 0 &&
        (options->place == ESCAPE_PLACE_NONE || options->format != ESCAPE_TEXT)) {
        options->verbosity = 1;
    }
    check_together(options);
}

void escape_options_release(struct escape_options *options)
{
    free((void *)options->paths);
    *options = (struct escape_options){0};
}
