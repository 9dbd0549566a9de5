// `arguments` is taken as it is; `command` is split as a POSIX shell splits words, quotes and
// backslashes included, but nothing is expanded: the format says so.
#include "escape/compdb.h"

#include "base/allocate.h"
#include "base/die.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

static void add_word(struct compdb_entry *entry, const char *text)
{
    entry->arguments =
        allocate_room(entry->arguments, entry->argument_count, sizeof *entry->arguments);
    entry->arguments[entry->argument_count++] = allocate_text("%s", text);
}

static void split_command(struct compdb_entry *entry, const char *command)
{
    char *const word = allocate_zeroed(strlen(command) + 1, 1);
    while (*command) {
        while (isspace((unsigned char)*command)) {
            command++;
        }
        size_t length = 0;
        bool is_word = false;
        char quote = '\0';
        for (; *command && (quote || !isspace((unsigned char)*command)); command++) {
            is_word = true;
            if (*command == quote) {
                quote = '\0';
            } else if (!quote && (*command == '\'' || *command == '"')) {
                quote = *command;
            } else if (*command == '\\' && command[1] &&
                       (!quote || (quote == '"' && strchr("\\\"$`", command[1])))) {
                word[length++] = *++command;
            } else {
                word[length++] = *command;
            }
        }
        word[length] = '\0';
        if (is_word) {
            add_word(entry, word);
        }
    }
    free(word);
}

// Options of the command that name its outputs or what it makes of them: ours replace them.
static size_t words_to_drop(const struct compdb_entry *entry, const char *word)
{
    static const char *const with_value[] = {"-o",  "-MF", "-MT",
                                             "-MQ", "-MJ", "--serialize-diagnostics"};
    static const char *const alone[] = {"-c",      "-S",          "-E",  "-M",  "-MM",
                                        "-MD",     "-MMD",        "-MP", "-MG", "-pipe",
                                        "-Werror", "-save-temps", "--"};
    for (size_t i = 0; i < sizeof with_value / sizeof with_value[0]; i++) {
        if (strcmp(word, with_value[i]) == 0) {
            return 2;
        }
    }
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (strcmp(word, alone[i]) == 0) {
            return 1;
        }
    }
    const bool is_joined = strncmp(word, "-o", 2) == 0 || strncmp(word, "-MF", 3) == 0;
    return is_joined || strcmp(word, entry->path) == 0 ? 1 : 0;
}

static void drop_words(struct compdb_entry *entry)
{
    size_t kept = 0;
    for (size_t i = 0; i < entry->argument_count;) {
        // The first one is the compiler.
        const size_t drop = i == 0 ? 1 : words_to_drop(entry, entry->arguments[i]);
        for (size_t k = 0; k < drop && i < entry->argument_count; k++, i++) {
            free(entry->arguments[i]);
        }
        if (drop == 0) {
            entry->arguments[kept++] = entry->arguments[i++];
        }
    }
    entry->argument_count = kept;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void read_entry(struct compdb_entry *entry, const json_t *json, const char *path,
                       size_t index)
{
    const char *const file = text_of(json, "file");
    const char *const directory = text_of(json, "directory");
    const char *const command = text_of(json, "command");
    const json_t *const arguments = json_object_get(json, "arguments");
    if (!file || !directory || (!command && !json_is_array(arguments))) {
        die("'%s': entry %zu has no 'file', 'directory' and 'command' or 'arguments'", path,
            index + 1);
    }
    *entry = (struct compdb_entry){.path = allocate_text("%s", file),
                                   .directory = allocate_text("%s", directory)};
    if (json_is_array(arguments)) {
        for (size_t i = 0; i < json_array_size(arguments); i++) {
            const char *const word = json_string_value(json_array_get(arguments, i));
            if (!word) {
                die("'%s': entry %zu: argument %zu is no text", path, index + 1, i + 1);
            }
            add_word(entry, word);
        }
    } else {
        split_command(entry, command);
    }
    drop_words(entry);
}

static bool is_c_source(const json_t *json)
{
    const char *const file = text_of(json, "file");
    const size_t length = file ? strlen(file) : 0;
    // An entry without a file goes on to be refused.
    return !file || (length > 2 && strcmp(file + length - 2, ".c") == 0);
}

void compdb_init(struct compdb *compdb, const char *path)
{
    *compdb = (struct compdb){0};
    json_error_t error;
    json_t *const root = json_load_file(path, 0, &error);
    if (!root && error.line < 0) {
        die("cannot read '%s': %s", path, error.text);
    }
    if (!root) {
        die("%s:%d:%d: %s", path, error.line, error.column, error.text);
    }
    if (!json_is_array(root)) {
        die("'%s' is no compilation database: a list of entries was expected", path);
    }
    compdb->entries = allocate_zeroed(json_array_size(root), sizeof *compdb->entries);
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *const json = json_array_get(root, i);
        if (is_c_source(json)) {
            read_entry(&compdb->entries[compdb->entry_count++], json, path, i);
        }
    }
    json_decref(root);
    if (compdb->entry_count == 0) {
        die("'%s' has no entry for a C source (.c)", path);
    }
}

void compdb_release(struct compdb *compdb)
{
    for (size_t i = 0; i < compdb->entry_count; i++) {
        struct compdb_entry *const entry = &compdb->entries[i];
        for (size_t k = 0; k < entry->argument_count; k++) {
            free(entry->arguments[k]);
        }
        free(entry->arguments);
        free(entry->directory);
        free(entry->path);
    }
    free(compdb->entries);
    *compdb = (struct compdb){0};
}
