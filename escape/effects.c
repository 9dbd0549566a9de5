// The built-in table is the text of effects.txt itself, linked into the program, so that the file a
// user reads and extends is the one that counts. Entries are sorted by name after reading; the last
// of several with one name wins.
#include "escape/effects.h"

#include "base/allocate.h"
#include "base/die.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

__asm__(".section .rodata\n"
        "effects_text:\n"
        ".incbin \"escape/effects.txt\"\n"
        "effects_text_end:\n"
        ".previous\n");
extern const char effects_text[] __attribute__((visibility("hidden")));
extern const char effects_text_end[] __attribute__((visibility("hidden")));

enum { ARGUMENT_COUNT_MAX = 32, FLOW_COUNT_MAX = 16, DEREFERENCE_COUNT_MAX = 8 };

struct effects {
    struct effects_function *functions;
    size_t function_count;
};

// Where the parser is, for messages.
struct place {
    const char *file;
    size_t line;
};

static _Noreturn void die_at(const struct place *place, const char *word, const char *expected)
{
    die("%s:%zu: '%s': %s was expected", place->file, place->line, word, expected);
}

// "3" after "size=" and the like.
static unsigned char parse_argument(const struct place *place, const char *word, const char *text)
{
    char *end = NULL;
    const unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || value >= ARGUMENT_COUNT_MAX) {
        die_at(place, word, "the number of an argument, from 0");
    }
    return (unsigned char)value;
}

static bool parse_setting(const struct place *place, struct effects_function *function,
                          const char *word)
{
    const struct {
        const char *key;
        unsigned char *target;
    } settings[] = {
        {"size=", &function->size_argument},       {"count=", &function->count_argument},
        {"type=", &function->type_argument},       {"align=", &function->align_argument},
        {"resizes=", &function->resized_argument}, {"frees=", &function->freed_argument},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const size_t length = strlen(settings[i].key);
        if (strncmp(word, settings[i].key, length) == 0) {
            *settings[i].target = parse_argument(place, word, word + length);
            if (settings[i].target == &function->resized_argument) {
                function->allocator = EFFECTS_RESIZES;
            }
            return true;
        }
    }
    return false;
}

static bool parse_flag(struct effects_function *function, const char *word)
{
    if (strcmp(word, "allocates") == 0) {
        function->allocator = EFFECTS_ALLOCATES;
    } else if (strcmp(word, "zeroed") == 0) {
        function->zeroed = true;
    } else if (strcmp(word, "may-be-null") == 0) {
        function->may_be_null = true;
    } else if (strcmp(word, "returns-twice") == 0) {
        function->returns_twice = true;
    } else {
        return false;
    }
    return true;
}

// "**0->heap", "1->*0", "...->result".
static struct effects_flow parse_flow(const struct place *place, const char *word)
{
    static const char expected[] = "an attribute, or a flow such as 0->result, *1->*0 or 1->heap";
    struct effects_flow flow = {0};
    const char *const arrow = strstr(word, "->");
    if (!arrow) {
        die_at(place, word, expected);
    }
    char *const from = allocate_text("%.*s", (int)(arrow - word), word);
    const char *number = from;
    while (*number == '*') {
        number++;
        flow.from_level++;
    }
    if (number - from > DEREFERENCE_COUNT_MAX) {
        die_at(place, word, "at most eight * before an argument");
    }
    flow.from_parameter = strcmp(number, "...") == 0 ? (unsigned char)EFFECTS_VARARGS
                                                     : parse_argument(place, word, number);
    free(from);
    const char *const to = arrow + 2;
    if (strcmp(to, "heap") == 0) {
        flow.target = EFFECTS_TO_HEAP;
    } else if (strcmp(to, "result") == 0) {
        flow.target = EFFECTS_TO_RESULT;
    } else if (to[0] == '*') {
        flow.target = EFFECTS_TO_PARAMETER;
        flow.to_parameter = parse_argument(place, word, to + 1);
    } else if (strchr(to, '(') && to[strlen(to) - 1] == ')') {
        char *const callback = allocate_text("%s", to);
        callback[strlen(to) - 1] = '\0';
        char *const parameter = strchr(callback, '(');
        *parameter = '\0';
        flow.target = EFFECTS_TO_CALLBACK;
        flow.to_parameter = parse_argument(place, word, callback);
        flow.to_callback = parse_argument(place, word, parameter + 1);
        free(callback);
    } else {
        die_at(place, word, expected);
    }
    return flow;
}

static struct effects_function parse_attributes(const struct place *place, char *text)
{
    struct effects_function function = {.size_argument = EFFECTS_NO_ARGUMENT,
                                        .count_argument = EFFECTS_NO_ARGUMENT,
                                        .type_argument = EFFECTS_NO_ARGUMENT,
                                        .align_argument = EFFECTS_NO_ARGUMENT,
                                        .resized_argument = EFFECTS_NO_ARGUMENT,
                                        .freed_argument = EFFECTS_NO_ARGUMENT};
    struct effects_flow flows[FLOW_COUNT_MAX];
    char *rest = NULL;
    for (char *word = strtok_r(text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (parse_setting(place, &function, word) || parse_flag(&function, word)) {
            continue;
        }
        if (function.flow_count == FLOW_COUNT_MAX) {
            die_at(place, word, "at most 16 flows a function");
        }
        flows[function.flow_count++] = parse_flow(place, word);
    }
    if (function.allocator == EFFECTS_NOT_ALLOCATOR &&
        (function.size_argument != EFFECTS_NO_ARGUMENT || function.zeroed ||
         function.type_argument != EFFECTS_NO_ARGUMENT)) {
        die_at(place, "size=, type=, zeroed", "'allocates' or 'resizes=N' beside it");
    }
    struct effects_flow *const kept = allocate_zeroed(function.flow_count, sizeof *kept);
    memcpy(kept, flows, function.flow_count * sizeof *kept);
    function.flows = kept;
    return function;
}

static void add(struct effects *effects, const char *name, const struct effects_function *like)
{
    struct effects_function *function = NULL;
    for (size_t i = 0; i < effects->function_count && !function; i++) {
        if (strcmp(effects->functions[i].name, name) == 0) {
            function = &effects->functions[i];
        }
    }
    if (function) {
        free((void *)function->name);
        free((void *)function->flows);
    } else {
        effects->functions =
            allocate_room(effects->functions, effects->function_count, sizeof *function);
        function = &effects->functions[effects->function_count++];
    }
    *function = *like;
    function->name = allocate_text("%s", name);
    struct effects_flow *const flows = allocate_zeroed(like->flow_count, sizeof *flows);
    memcpy(flows, like->flows, like->flow_count * sizeof *flows);
    function->flows = flows;
}

static void parse_line(struct effects *effects, const struct place *place, char *line)
{
    line[strcspn(line, "#\r")] = '\0';
    if (line[strspn(line, " \t")] == '\0') {
        return;
    }
    char *const colon = strchr(line, ':');
    if (!colon) {
        die_at(place, line, "NAME...: ATTRIBUTE...");
    }
    *colon = '\0';
    const struct effects_function like = parse_attributes(place, colon + 1);
    char *rest = NULL;
    char *name = strtok_r(line, " \t", &rest);
    if (!name) {
        die_at(place, ":", "the name of a function before it");
    }
    for (; name; name = strtok_r(NULL, " \t", &rest)) {
        add(effects, name, &like);
    }
    free((void *)like.flows);
}

static void parse(struct effects *effects, const char *file, const char *text, size_t size_bytes)
{
    struct place place = {.file = file};
    const char *const end = text + size_bytes;
    while (text < end) {
        const char *const newline = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((newline ? newline : end) - text);
        char *const line = allocate_text("%.*s", (int)length, text);
        place.line++;
        parse_line(effects, &place, line);
        free(line);
        text += length + 1;
    }
}

static void parse_file(struct effects *effects, const char *path)
{
    FILE *const file = fopen(path, "re");
    struct stat status;
    if (!file || fstat(fileno(file), &status) != 0 || S_ISDIR(status.st_mode)) {
        die("cannot read '%s': %s", path, strerror(file ? EISDIR : errno));
    }
    size_t used_bytes = 0, got_bytes = 0;
    char *text = NULL;
    do {
        text = allocate_resized(text, used_bytes + BUFSIZ);
        got_bytes = fread(text + used_bytes, 1, BUFSIZ, file);
        used_bytes += got_bytes;
    } while (got_bytes > 0);
    if (ferror(file)) {
        die("cannot read '%s'", path);
    }
    fclose(file);
    parse(effects, path, text, used_bytes);
    free(text);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct effects_function *)a)->name,
                  ((const struct effects_function *)b)->name);
}

struct effects *effects_new(const char *path)
{
    struct effects *const effects = allocate_zeroed(1, sizeof *effects);
    parse(effects, "effects.txt", effects_text, (size_t)(effects_text_end - effects_text));
    if (path) {
        parse_file(effects, path);
    }
    qsort(effects->functions, effects->function_count, sizeof *effects->functions, compare);
    return effects;
}

void effects_release(struct effects *effects)
{
    for (size_t i = 0; i < effects->function_count; i++) {
        free((void *)effects->functions[i].name);
        free((void *)effects->functions[i].flows);
    }
    free(effects->functions);
    free(effects);
}

const struct effects_function *effects_find(const struct effects *effects, const char *name)
{
    const struct effects_function key = {.name = name};
    return bsearch(&key, effects->functions, effects->function_count, sizeof key, compare);
}
