// One small option parser for all commands: a command states its options as a table, and both the
// parsing and the --help text come from it.
//
// Accepted: --name=value, --name value, --flag, and "--" before positional arguments. Every table
// has --help and --version without stating them.
#ifndef HARNESS_OPTIONS_H
#define HARNESS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum options_kind {
    OPTIONS_FLAG,    // bool *: set to true
    OPTIONS_TEXT,    // const char **: the argument itself, which must not be empty
    OPTIONS_INTEGER, // int *: a decimal number in [min, max]
    OPTIONS_SEED,    // uint64_t *: a decimal number of at most 63 bits, as JSON readers take
    OPTIONS_SECONDS, // double *: "30", "30s", "2m" or "1h", in [min, max] seconds
    OPTIONS_PERCENT, // double *: "1.5" or "1.5%" stored as the share 0.015; min, max in percent
};

struct options_row {
    const char *name; // without the dashes
    enum options_kind kind;
    const char *placeholder; // what the help calls the value; NULL for a flag
    void *target;            // of the kind's type; holds the default and is written when given
    double min, max;         // bounds of the numeric kinds
    const char *help;        // one line, under 50 columns
};

struct options_table {
    const char *command; // "run"; the usage line says "escapement run"
    const char *summary; // one sentence
    const struct options_row *rows;
    size_t row_count;
    const char *positional;       // placeholder of the one positional argument, or NULL
    const char **positional_text; // written when the argument is given
};

enum options_outcome { OPTIONS_OK, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_WRONG };

enum { OPTIONS_ERROR_BYTES = 256 };

// Parses arguments[0..count), the command's name not included. OPTIONS_WRONG writes a message that
// names the option, the value and what was expected; targets of earlier options are then written.
enum options_outcome options_parse(const struct options_table *table, int count,
                                   char *const *arguments, char error[OPTIONS_ERROR_BYTES]);

// The help text, on stdout.
void options_print_help(const struct options_table *table);

// options_parse() for a command: prints help or version and exits 0, dies on a wrong option.
void options_parse_or_exit(const struct options_table *table, int count, char *const *arguments);

#endif
