// The command line of `escape`.
#ifndef ESCAPE_ESCAPE_OPTIONS_H
#define ESCAPE_ESCAPE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum escape_format { ESCAPE_TEXT, ESCAPE_JSON, ESCAPE_SARIF };

enum escape_place { ESCAPE_PLACE_NONE, ESCAPE_PLACE_HEAP, ESCAPE_PLACE_AUTO };

struct escape_options {
    unsigned verbosity;    // 1 for -m, 2 for -m=2; 0 when only a rewritten program is wanted
    bool is_go_mode;       // --mode=go
    bool is_per_file;      // --per-file
    bool is_checked;       // --check
    bool is_whole_program; // --whole-program
    enum escape_format format;
    enum escape_place place;
    const char *out_path;        // with --place
    const char *effects_path;    // NULL: the built-in table alone
    const char *compdb_path;     // NULL: none
    const char *clang;           // program
    uint64_t implicit_bytes_max; // an allocation above it is too large for the stack
    uint64_t explicit_bytes_max; // a variable above it
    const char *const *paths;
    size_t path_count;
    const char *const *clang_arguments; // what follows --
    size_t clang_argument_count;
};

// Parses; the texts stay the caller's, the lists are released with escape_options_release(). Prints
// and exits on --help and --version; dies with the option's name and what was expected.
void escape_options_init(struct escape_options *options, int argc, char **argv);
void escape_options_release(struct escape_options *options);

#endif
