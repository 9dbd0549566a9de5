// Writes random C programs in which pointers travel, for the comparison of heap against auto
// placement.
//
//   generate TEMPLATES SEED [COUNT [NAME OF A TEMPLATE]]
//
// One file on stdout holds COUNT programs, with seeds SEED, SEED + 1, ...; each is a call graph in
// layers: functions of a layer call those below it only, so that an analysis has to summarise what
// a function does with its parameters (in one big component nothing but the worst case is left, and
// injected bugs are not noticed). Each prints its seed and a checksum of all that it can reach when
// the frames are gone. With a name, every function has that template once and otherwise little
// else.
#include "base/die.h"
#include "base/rng.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEMPLATES_MAX = 200,
    SECTION_BYTES_MAX = 2048,
    LAYERS = 3,
    FUNCTIONS_OF_LAYER = 2,
    FUNCTIONS = LAYERS * FUNCTIONS_OF_LAYER,
    POINTERS_MAX = 32,
    GLOBALS = 8,
};

struct template
{
    char name[40];
    unsigned weight;
    char top[SECTION_BYTES_MAX];
    char body[SECTION_BYTES_MAX];
};

static struct template templates[TEMPLATES_MAX];
static unsigned template_count;
static unsigned weight_sum;
static struct rng rng;

// ---- templates ---------------------------------------------------------------------------------

static void append(char section[SECTION_BYTES_MAX], const char *line, const char *name)
{
    if (strlen(section) + strlen(line) >= SECTION_BYTES_MAX) {
        die("template %s: a section is over %d bytes", name, SECTION_BYTES_MAX);
    }
    strcat(section, line);
}

static void read_templates(const char *path)
{
    FILE *const file = fopen(path, "r");
    if (!file) {
        die("%s: %s", path, strerror(errno));
    }
    char line[256];
    struct template *template = NULL;
    char *section = NULL;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        if (strncmp(line, "== ", 3) == 0) {
            if (template_count == TEMPLATES_MAX) {
                die("%s:%u: more than %d templates", path, number, TEMPLATES_MAX);
            }
            template = &templates[template_count++];
            template->weight = 1;
            if (sscanf(line, "== %39[a-z_] %u", template->name, &template->weight) < 1) {
                die("%s:%u: expected '== NAME [WEIGHT]'", path, number);
            }
            weight_sum += template->weight;
            section = NULL;
        } else if (template && strcmp(line, "top:\n") == 0) {
            section = template->top;
        } else if (template && strcmp(line, "body:\n") == 0) {
            section = template->body;
        } else if (section) {
            append(section, line, template->name);
        } else if (line[0] != '#' && line[0] != '\n') {
            die("%s:%u: expected 'top:' or 'body:'", path, number);
        }
    }
    fclose(file);
    if (!template_count) {
        die("%s: no template", path);
    }
}

static const struct template *find_template(const char *name)
{
    for (unsigned i = 0; i < template_count; i++) {
        if (strcmp(templates[i].name, name) == 0) {
            return &templates[i];
        }
    }
    die("no template is called '%s'", name);
}

static const struct template *any_template(void)
{
    unsigned at = rng_below(&rng, weight_sum);
    unsigned i = 0;
    while (at >= templates[i].weight) {
        at -= templates[i++].weight;
    }
    return &templates[i];
}

static bool is_call(const struct template *template)
{
    return strstr(template->top, "$f") || strstr(template->body, "$f");
}

// ---- one function ------------------------------------------------------------------------------

// Text that grows: what stands before a function is known only when its body is.
struct text {
    char *bytes;
    size_t size_bytes;
    FILE *file;
};

static void text_init(struct text *text)
{
    text->file = open_memstream(&text->bytes, &text->size_bytes);
    if (!text->file) {
        die("out of memory");
    }
}

static void text_print(struct text *text)
{
    fclose(text->file);
    fputs(text->bytes, stdout);
    free(text->bytes);
}

struct function {
    uint64_t program; // its seed
    unsigned index;   // bottom-up
    char pointers[POINTERS_MAX][16];
    unsigned pointer_count;
    unsigned step; // makes names unique
    struct text top;
    struct text body;
};

// The newest pointer tests most: little else than the template itself can have let it escape.
static const char *any_pointer(const struct function *function)
{
    const unsigned count = function->pointer_count;
    return function->pointers[rng_below(&rng, 2) ? count - 1 : rng_below(&rng, count)];
}

static void print_function_name(FILE *to, uint64_t program, unsigned index)
{
    fprintf(to, "p%llu_f%u", (unsigned long long)program, index);
}

// What one instance of a template puts for its placeholders.
struct instance {
    const char *p, *q, *r;
    unsigned small_number, global_index;
};

static void substitute(struct function *function, const char *section, FILE *to,
                       const struct instance *instance)
{
    const unsigned below = function->index / FUNCTIONS_OF_LAYER * FUNCTIONS_OF_LAYER;
    const unsigned long long program = function->program;
    for (const char *at = section; *at; at++) {
        if (*at != '$') {
            fputc(*at, to);
            continue;
        }
        switch (*++at) {
        case 'p':
            fputs(instance->p, to);
            break;
        case 'q':
            fputs(instance->q, to);
            break;
        case 'r':
            fputs(instance->r, to);
            break;
        case 'v':
            fprintf(to, "v%u", function->step);
            break;
        case 'w':
            fprintf(to, "w%u", function->step);
            break;
        case 'u':
            fprintf(to, "p%llu_f%u_u%u", program, function->index, function->step);
            break;
        case 'n':
            fprintf(to, "%u", instance->small_number);
            break;
        case 'i':
            fprintf(to, "%u", instance->global_index);
            break;
        case 'g':
            fprintf(to, "p%llu_globals", program);
            break;
        case 'f':
            print_function_name(to, program, rng_below(&rng, below));
            break;
        default:
            die("templates: unknown placeholder '$%c'", *at);
        }
    }
}

static void add(struct function *function, const struct template *template)
{
    if (function->pointer_count == POINTERS_MAX || (is_call(template) && function->index < 2)) {
        return;
    }
    const struct instance instance = {
        .p = any_pointer(function),
        .q = any_pointer(function),
        .r = any_pointer(function),
        .small_number = 1 + rng_below(&rng, 9),
        .global_index = rng_below(&rng, GLOBALS),
    };
    fprintf(function->body.file, "    // %s\n", template->name);
    substitute(function, template->top, function->top.file, &instance);
    substitute(function, template->body, function->body.file, &instance);
    const char *const made = strstr(template->body, "$v");
    if (made) {
        snprintf(function->pointers[function->pointer_count++], sizeof function->pointers[0], "v%u",
                 function->step);
    }
    function->step++;
}

static void write_function(uint64_t program, unsigned index, const struct template *wanted)
{
    struct function function = {.program = program, .index = index, .pointer_count = 2};
    strcpy(function.pointers[0], "a");
    strcpy(function.pointers[1], "b");
    text_init(&function.top);
    text_init(&function.body);
    const struct template *const local = find_template("local");
    const unsigned steps = wanted ? 1 : 1 + rng_below(&rng, 4);
    for (unsigned i = 0; i < steps; i++) {
        if (rng_below(&rng, 2)) {
            add(&function, local);
        }
        add(&function, wanted ? wanted : any_template());
    }
    if (wanted && index >= FUNCTIONS_OF_LAYER && !is_call(wanted)) {
        add(&function, find_template("call"));
    }
    const char *const result = any_pointer(&function);
    fprintf(function.body.file,
            "    p%llu_sum = p%llu_sum * 31 + sum;\n"
            "    return %s;\n"
            "}\n\n",
            (unsigned long long)program, (unsigned long long)program, result);
    fputs("__attribute__((noinline)) static struct node *", function.top.file);
    print_function_name(function.top.file, program, index);
    fputs("(struct node *a, struct node *b, struct node **out)\n"
          "{\n"
          "    long sum = 0;\n",
          function.top.file);
    text_print(&function.top);
    text_print(&function.body);
}

// ---- one program -------------------------------------------------------------------------------

static void write_program(uint64_t seed, const struct template *wanted)
{
    const unsigned long long program = seed;
    rng_init(&rng, seed);
    printf("// ---- %llu\n"
           "static struct node *p%llu_globals[%d];\n"
           "static unsigned long p%llu_sum;\n\n",
           program, program, GLOBALS, program);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        write_function(seed, i, wanted);
    }
    // Every function is called from outside too, then all that can be reached is summed up.
    printf("__attribute__((noinline)) static void p%llu_call(unsigned index)\n"
           "{\n"
           "    NODE(x, 7);\n"
           "    NODE(y, 8);\n"
           "    struct node *out = NULL;\n"
           "    struct node *got = NULL;\n"
           "    switch (index) {\n",
           program);
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        printf("    case %u:\n        got = p%llu_f%u(x, y, &out);\n        break;\n", i, program,
               i);
    }
    printf("    }\n"
           "    scribble();\n"
           "    p%llu_sum = p%llu_sum * 31 + node_sum(got, 5);\n"
           "    p%llu_sum = p%llu_sum * 31 + (out ? node_sum(out, 5) : 1);\n"
           "}\n\n"
           "static void p%llu_run(void)\n"
           "{\n"
           "    for (unsigned i = 0; i < %d; i++) {\n"
           "        p%llu_call(i);\n"
           "        scribble();\n"
           "        for (unsigned j = 0; j < %d; j++) {\n"
           "            p%llu_sum = p%llu_sum * 31 +\n"
           "                        (p%llu_globals[j] ? node_sum(p%llu_globals[j], 5) : 1);\n"
           "        }\n"
           "    }\n"
           "    printf(\"%llu %%016lx\\n\", p%llu_sum);\n"
           "    fflush(stdout);\n"
           "}\n\n",
           program, program, program, program, program, FUNCTIONS, program, GLOBALS, program,
           program, program, program, program, program);
}

static uint64_t number(const char *text, const char *what)
{
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end || !isdigit((unsigned char)*text)) {
        die("%s '%s': expected a number", what, text);
    }
    return value;
}

int main(int argc, char **argv)
{
    die_program_name("generate");
    if (argc < 3 || argc > 5) {
        die("usage: generate TEMPLATES SEED [COUNT [NAME OF A TEMPLATE]]");
    }
    const uint64_t seed = number(argv[2], "seed");
    const uint64_t count = argc > 3 ? number(argv[3], "count") : 1;
    read_templates(argv[1]);
    const struct template *const wanted = argc > 4 ? find_template(argv[4]) : NULL;
    puts("#include \"tests/escape/generated.h\"\n");
    for (uint64_t i = 0; i < count; i++) {
        write_program(seed + i, wanted);
    }
    puts("int main(void)\n{");
    for (uint64_t i = 0; i < count; i++) {
        printf("    p%llu_run();\n", (unsigned long long)(seed + i));
    }
    puts("    return 0;\n}");
    return 0;
}
