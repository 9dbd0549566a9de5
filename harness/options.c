// The parser walks the arguments once; a kind is a case of option_store(). getopt_long() was
// rejected: its messages name neither the expected value nor the bounds, and the help text would
// be a second list to keep true.
#include "harness/options.h"

#include "base/die.h"
#include "harness/version.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Parses a decimal number; false when `text` is not entirely "digits[.digits]SUFFIX", with the
// suffix returned in *suffix. Signs, exponents and spaces, which strtod would take, are refused.
static bool parse_decimal(const char *text, double *value, const char **suffix)
{
    const size_t digit_count = strspn(text, "0123456789.");
    if (digit_count == 0 || digit_count > 30) {
        return false;
    }
    char digits[32];
    memcpy(digits, text, digit_count);
    digits[digit_count] = '\0';
    char *end = NULL;
    *value = strtod(digits, &end);
    *suffix = text + digit_count;
    return *end == '\0' && isfinite(*value);
}

static bool parse_seconds(const char *text, double *seconds)
{
    const char *suffix = NULL;
    if (!parse_decimal(text, seconds, &suffix)) {
        return false;
    }
    static const struct {
        const char *suffix;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(suffix, units[i].suffix) == 0) {
            *seconds *= units[i].seconds;
            return true;
        }
    }
    return false;
}

static bool parse_seed(const char *text, uint64_t *seed)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    errno = 0;
    *seed = strtoull(text, NULL, 10);
    return errno == 0 && *seed <= INT64_MAX;
}

// Stores the value through the row's target; on failure returns what was expected, else NULL.
static const char *option_store(const struct options_row *row, const char *text)
{
    double number = 0;
    const char *suffix = "";
    switch (row->kind) {
    case OPTIONS_FLAG:
        *(bool *)row->target = true;
        return NULL;
    case OPTIONS_TEXT:
        *(const char **)row->target = text;
        return *text ? NULL : "a text that is not empty";
    case OPTIONS_SEED:
        return parse_seed(text, row->target) ? NULL : "a decimal number up to 9223372036854775807";
    case OPTIONS_INTEGER:
        if (!parse_decimal(text, &number, &suffix) || *suffix || number != floor(number) ||
            number < row->min || number > row->max) {
            return "a whole number";
        }
        *(int *)row->target = (int)number;
        return NULL;
    case OPTIONS_SECONDS:
        if (!parse_seconds(text, &number) || number < row->min || number > row->max) {
            return "a duration such as 30s or 2m";
        }
        *(double *)row->target = number;
        return NULL;
    case OPTIONS_PERCENT:
        if (!parse_decimal(text, &number, &suffix) || (*suffix && strcmp(suffix, "%") != 0) ||
            number < row->min || number > row->max) {
            return "a percentage";
        }
        *(double *)row->target = number / 100;
        return NULL;
    }
    return "an option of a known kind"; // the switch is complete: only a damaged table comes here
}

static bool has_bounds(const struct options_row *row)
{
    return row->kind == OPTIONS_INTEGER || row->kind == OPTIONS_SECONDS ||
           row->kind == OPTIONS_PERCENT;
}

static const struct options_row *find_row(const struct options_table *table, const char *name,
                                          size_t name_length)
{
    for (size_t i = 0; i < table->row_count; i++) {
        const struct options_row *const row = &table->rows[i];
        if (strlen(row->name) == name_length && strncmp(row->name, name, name_length) == 0) {
            return row;
        }
    }
    return NULL;
}

// Handles arguments[*index], an option, and moves *index past the value it took.
static enum options_outcome parse_option(const struct options_table *table, int count,
                                         char *const *arguments, int *index,
                                         char error[OPTIONS_ERROR_BYTES])
{
    const char *const argument = arguments[*index];
    const char *const name = argument + 2;
    const size_t name_length = strcspn(name, "=");
    const bool has_value = name[name_length] == '=';
    const struct options_row *const row = find_row(table, name, name_length);
    if (argument[1] != '-' || !row) {
        snprintf(error, OPTIONS_ERROR_BYTES, "unknown option '%s'; see 'escapement %s --help'",
                 argument, table->command);
        return OPTIONS_WRONG;
    }
    if (row->kind == OPTIONS_FLAG && has_value) {
        snprintf(error, OPTIONS_ERROR_BYTES, "option '--%s' takes no value, got '%s'", row->name,
                 name + name_length + 1);
        return OPTIONS_WRONG;
    }
    const char *value = has_value ? name + name_length + 1 : "";
    if (row->kind != OPTIONS_FLAG && !has_value) {
        if (*index + 1 >= count) {
            snprintf(error, OPTIONS_ERROR_BYTES, "option '--%s' needs a value: --%s %s", row->name,
                     row->name, row->placeholder);
            return OPTIONS_WRONG;
        }
        value = arguments[++*index];
    }
    const char *const expected = option_store(row, value);
    if (expected) {
        const int length =
            snprintf(error, OPTIONS_ERROR_BYTES, "option '--%s': expected %s, got '%s'", row->name,
                     expected, value);
        if (has_bounds(row) && length > 0 && length < OPTIONS_ERROR_BYTES) {
            snprintf(error + length, (size_t)(OPTIONS_ERROR_BYTES - length), " (%g to %g%s)",
                     row->min, row->max,
                     row->kind == OPTIONS_SECONDS   ? " seconds"
                     : row->kind == OPTIONS_PERCENT ? " %"
                                                    : "");
        }
        return OPTIONS_WRONG;
    }
    return OPTIONS_OK;
}

enum options_outcome options_parse(const struct options_table *table, int count,
                                   char *const *arguments, char error[OPTIONS_ERROR_BYTES])
{
    bool options_ended = false, positional_given = false;
    for (int i = 0; i < count; i++) {
        const char *const argument = arguments[i];
        if (!options_ended && strcmp(argument, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && strcmp(argument, "--help") == 0) {
            return OPTIONS_HELP;
        } else if (!options_ended && strcmp(argument, "--version") == 0) {
            return OPTIONS_VERSION;
        } else if (!options_ended && argument[0] == '-' && argument[1] != '\0') {
            if (parse_option(table, count, arguments, &i, error) != OPTIONS_OK) {
                return OPTIONS_WRONG;
            }
        } else if (!table->positional || positional_given) {
            snprintf(error, OPTIONS_ERROR_BYTES,
                     "unexpected argument '%s'; see 'escapement %s --help'", argument,
                     table->command);
            return OPTIONS_WRONG;
        } else {
            *table->positional_text = argument;
            positional_given = true;
        }
    }
    return OPTIONS_OK;
}

void options_print_help(const struct options_table *table)
{
    printf("usage: escapement %s [options]", table->command);
    if (table->positional) {
        printf(" [%s]", table->positional);
    }
    printf("\n\n%s\n\n", table->summary);
    for (size_t i = 0; i < table->row_count; i++) {
        const struct options_row *const row = &table->rows[i];
        char form[64];
        snprintf(form, sizeof form, "--%s%s%s", row->name, row->placeholder ? " " : "",
                 row->placeholder ? row->placeholder : "");
        printf("  %-24s  %s\n", form, row->help);
    }
    printf("  %-24s  %s\n", "--help", "print this text");
    printf("  %-24s  %s\n", "--version", "print the version and the commit");
}

void options_parse_or_exit(const struct options_table *table, int count, char *const *arguments)
{
    char error[OPTIONS_ERROR_BYTES];
    switch (options_parse(table, count, arguments, error)) {
    case OPTIONS_OK:
        return;
    case OPTIONS_HELP:
        options_print_help(table);
        exit(0);
    case OPTIONS_VERSION:
        version_print();
        exit(0);
    case OPTIONS_WRONG:
        die("%s", error);
    }
}
