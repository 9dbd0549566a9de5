// Parse a JSON text into a tree of values, walk it, drop it; many times.
//
// Strings are decoded into memory of their own, as most parsers do. The stack placement takes
// values and bytes from two pools in the frame that uses the document; they are sized for the text
// that is generated here, and a document that does not fit ends the program.
#include "base/die.h"
#include "base/rng.h"
#include "macros/macro.h"
#include "runtime/coroutine.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_COUNT = 250,
    RECORD_BYTES_MAX = 512,
    VALUE_COUNT_MAX = 6144,
    POOL_BYTES = 96 * 1024,
    STRING_ALIGN_BYTES = 16,
};

enum value_kind {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_MAP
};

struct value {
    struct value *next;  // in the list or map that it is in
    struct value *child; // the first element
    char *key;           // in a map; not terminated
    char *text;          // of a string
    double number;
    uint32_t key_bytes;
    uint32_t text_bytes;
    enum value_kind kind;
};
OBJECT_TYPE(value, POINTER_AT(value, next) | POINTER_AT(value, child) | POINTER_AT(value, key) |
                       POINTER_AT(value, text));

struct parser {
    const char *at;
    const char *end;
    struct value *values; // the pools; only placement `stack` has them
    char *bytes;
    uint32_t value_count;
    uint32_t byte_count;
};

static struct value *parse_value(struct parser *parser);

static void give_up(void *reason)
{
    die("%s", (const char *)reason);
}

static NOINLINE void fail(const char *reason)
{
    coroutine_on_system_stack(give_up, (void *)(uintptr_t)reason);
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\n')) {
        parser->at++;
    }
}

// The text ends with a zero byte, which is none of the characters that anything begins with.
static void expect(struct parser *parser, const char *word)
{
    const size_t length_bytes = strlen(word);
    if ((size_t)(parser->end - parser->at) < length_bytes ||
        memcmp(parser->at, word, length_bytes) != 0) {
        fail("the text is no JSON");
    }
    parser->at += length_bytes;
}

static NOINLINE struct value *value_new(struct parser *parser, enum value_kind kind)
{
    if (IN_FRAME && parser->value_count == VALUE_COUNT_MAX) {
        fail("the document has more values than the frame's pool");
    }
    struct value *const value = OBTAIN_AT(value, parser->values, parser->value_count++);
    *value = (struct value){.kind = kind};
    return value;
}

// Memory for a string of at most this length.
static NOINLINE char *string_new(struct parser *parser, uint32_t length_bytes)
{
    const uint32_t taken = (length_bytes + STRING_ALIGN_BYTES) & ~(STRING_ALIGN_BYTES - 1u);
    if (IN_FRAME && POOL_BYTES - parser->byte_count < taken) {
        fail("the document has longer strings than the frame's pool");
    }
    char *const string = OBTAIN_BYTES(parser->bytes, taken);
    if (IN_FRAME) {
        parser->bytes += taken;
        parser->byte_count += taken;
    }
    return string;
}

static char unescaped(char letter)
{
    return letter == 'n' ? '\n' : letter == 't' ? '\t' : letter;
}

// Decodes a string; \u escapes are not in the text.
static NOINLINE char *parse_string(struct parser *parser, uint32_t *length_bytes)
{
    expect(parser, "\"");
    const char *end = parser->at;
    while (end < parser->end && *end != '"') {
        end += *end == '\\' ? 2 : 1;
    }
    if (end >= parser->end) {
        fail("a string does not end");
    }
    char *const string = string_new(parser, (uint32_t)(end - parser->at));
    uint32_t count = 0;
    for (const char *from = parser->at; from < end; from++) {
        if (*from == '\\') {
            string[count++] = unescaped(*++from);
        } else {
            string[count++] = *from;
        }
    }
    parser->at = end + 1;
    *length_bytes = count;
    return string;
}

static bool is_digit(const struct parser *parser)
{
    return parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9';
}

// Digits, and a fraction of at most 15 digits with them: sums and products that are exact, and one
// division that rounds. Exponents are not in the text.
static NOINLINE double parse_number(struct parser *parser)
{
    const bool negative = *parser->at == '-';
    parser->at += negative;
    double number = 0, scale = 1;
    if (!is_digit(parser)) {
        fail("the text is no JSON");
    }
    while (is_digit(parser)) {
        number = number * 10 + (*parser->at++ - '0');
    }
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        while (is_digit(parser)) {
            number = number * 10 + (*parser->at++ - '0');
            scale *= 10;
        }
    }
    return (negative ? -number : number) / scale;
}

// Elements up to `close`, each after a key and a colon in a map.
static NOINLINE struct value *parse_elements(struct parser *parser, enum value_kind kind,
                                             const char *close)
{
    struct value *const list = value_new(parser, kind);
    struct value *last = NULL;
    parser->at++;
    skip_space(parser);
    while (parser->at < parser->end && *parser->at != *close) {
        if (last) {
            expect(parser, ",");
            skip_space(parser);
        }
        char *key = NULL;
        uint32_t key_bytes = 0;
        if (kind == VALUE_MAP) {
            key = parse_string(parser, &key_bytes);
            skip_space(parser);
            expect(parser, ":");
            skip_space(parser);
        }
        struct value *const value = parse_value(parser);
        STORE(&value->key, key);
        value->key_bytes = key_bytes;
        if (last) {
            STORE(&last->next, value);
        } else {
            STORE(&list->child, value);
        }
        last = value;
        skip_space(parser);
    }
    expect(parser, close);
    return list;
}

static NOINLINE struct value *parse_value(struct parser *parser)
{
    struct value *value = NULL;
    switch (parser->at < parser->end ? *parser->at : 0) {
    case '{':
        return parse_elements(parser, VALUE_MAP, "}");
    case '[':
        return parse_elements(parser, VALUE_LIST, "]");
    case '"': {
        uint32_t text_bytes = 0;
        value = value_new(parser, VALUE_STRING);
        char *const text = parse_string(parser, &text_bytes);
        STORE(&value->text, text);
        value->text_bytes = text_bytes;
        return value;
    }
    case 't':
        expect(parser, "true");
        return value_new(parser, VALUE_TRUE);
    case 'f':
        expect(parser, "false");
        return value_new(parser, VALUE_FALSE);
    case 'n':
        expect(parser, "null");
        return value_new(parser, VALUE_NULL);
    default:
        value = value_new(parser, VALUE_NUMBER);
        value->number = parse_number(parser);
        return value;
    }
}

static uint64_t hash_bytes(uint64_t hash, const char *bytes, uint32_t length_bytes)
{
    for (uint32_t i = 0; i < length_bytes; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

// Kind, key, contents and order of everything: FNV-1a.
static NOINLINE uint64_t value_hash(const struct value *value, uint64_t hash)
{
    for (; value; value = value->next) {
        const char kind = (char)value->kind;
        hash = hash_bytes(hash, &kind, 1);
        hash = hash_bytes(hash, value->key, value->key_bytes);
        hash = hash_bytes(hash, value->text, value->text_bytes);
        hash = hash_bytes(hash, (const char *)&value->number, sizeof value->number);
        hash = value_hash(value->child, hash);
    }
    return hash;
}

static NOINLINE void value_drop(struct value *value)
{
    while (value) {
        struct value *const next = value->next;
        value_drop(value->child);
        DROP(value->key);
        DROP(value->text);
        DROP(value);
        value = next;
    }
}

static NOINLINE uint64_t document_hash(const struct macro_input *input, uint64_t hash)
{
    SLOT_ARRAY(value, values, VALUE_COUNT_MAX);
    SLOT_BYTES(bytes, POOL_BYTES);
    struct parser parser = {.at = input->text,
                            .end = input->text + input->length_bytes,
                            .values = values,
                            .bytes = bytes};
    skip_space(&parser);
    struct value *const document = parse_value(&parser);
    skip_space(&parser);
    if (parser.at != parser.end) {
        fail("the text goes on after the document");
    }
    hash = value_hash(document, hash);
    if (EXPLICIT_FREE) {
        value_drop(document);
    }
    return hash;
}

uint64_t macro_run(uint64_t size, const struct macro_input *input)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint64_t i = 0; i < size; i++) {
        hash = document_hash(input, hash);
    }
    return hash;
}

// Records such as a service logs: strings with escapes, numbers, lists, a nested map.
static struct macro_input text_prepare(void)
{
    static const char *const words[] = {"alpha",
                                        "bravo \\\"quoted\\\"",
                                        "charlie\\n",
                                        "delta\\\\eta",
                                        "a rather longer message of the service",
                                        "",
                                        "foxtrot"};
    const size_t capacity_bytes = (size_t)RECORD_COUNT * RECORD_BYTES_MAX;
    struct macro_input input = {.text = malloc(capacity_bytes)};
    if (!input.text) {
        die("out of memory for the text");
    }
    struct rng rng;
    rng_init(&rng, 1);
    FILE *const out = fmemopen(input.text, capacity_bytes, "w");
    if (!out) {
        die("cannot write the text");
    }
    fputs("[", out);
    for (int i = 0; i < RECORD_COUNT; i++) {
        const uint32_t word_count = sizeof words / sizeof words[0];
        // One after another: compilers evaluate arguments in orders of their own.
        const char *const name = words[rng_below(&rng, word_count)];
        const char *const active = rng_below(&rng, 2) ? "true" : "false";
        fprintf(out, "%s{\"id\": %d, \"name\": \"%s\", \"active\": %s,\n", i ? ",\n" : "", i, name,
                active);
        const char *const sign = rng_below(&rng, 2) ? "-" : "";
        const uint32_t units = rng_below(&rng, 100000), hundredths = rng_below(&rng, 100);
        fprintf(out, "  \"balance\": %s%u.%02u, \"tags\": [", sign, units, hundredths);
        const uint32_t tag_count = rng_below(&rng, 5);
        for (uint32_t tag = 0; tag < tag_count; tag++) {
            fprintf(out, "%s\"%s\"", tag ? ", " : "", words[rng_below(&rng, word_count)]);
        }
        const uint32_t x = rng_below(&rng, 1000), thousandths = rng_below(&rng, 1000);
        const uint32_t y = rng_below(&rng, 1000);
        fprintf(out, "],\n  \"place\": {\"x\": %u.%03u, \"y\": %u, \"note\": null}}", x,
                thousandths, y);
    }
    fputs("]\n", out);
    input.length_bytes = (size_t)ftell(out);
    if (ferror(out) || fclose(out) != 0) {
        die("cannot write the text");
    }
    return input;
}

const struct macro macro = {
    .name = "json_parser",
    .question = "What does a tree of parsed values cost, when it is made, walked and dropped?",
    .unit = "how often the text is parsed",
    .size = 800,
    .smoke = 3,
    .size_min = 1,
    .size_max = 1000000,
    .prepare = text_prepare,
};
