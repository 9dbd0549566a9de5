#include "harness/options.h"

#include "tests/test.h"

#include <stddef.h>
#include <string.h>

struct values {
    bool flag;
    const char *text, *folder;
    int number;
    double seconds, share;
    uint64_t seed;
};

// Parses into *values and returns the outcome; the message is left in `error`.
static char error[OPTIONS_ERROR_BYTES];

static enum options_outcome parse(struct values *values, int count, const char *const *arguments)
{
    *values = (struct values){.text = "default", .folder = "latest", .number = 20};
    const struct options_row rows[] = {
        {.name = "flag", .kind = OPTIONS_FLAG, .target = &values->flag},
        {.name = "text", .kind = OPTIONS_TEXT, .placeholder = "T", .target = (void *)&values->text},
        {.name = "number",
         .kind = OPTIONS_INTEGER,
         .placeholder = "N",
         .target = &values->number,
         .min = 6,
         .max = 100},
        {.name = "time",
         .kind = OPTIONS_SECONDS,
         .placeholder = "T",
         .target = &values->seconds,
         .min = 1,
         .max = 7200},
        {.name = "band",
         .kind = OPTIONS_PERCENT,
         .placeholder = "P",
         .target = &values->share,
         .min = 0.1,
         .max = 50},
        {.name = "seed", .kind = OPTIONS_SEED, .placeholder = "N", .target = &values->seed},
    };
    const struct options_table table = {.command = "test",
                                        .summary = "Tests.",
                                        .rows = rows,
                                        .row_count = sizeof rows / sizeof rows[0],
                                        .positional = "DIR",
                                        .positional_text = &values->folder};
    error[0] = '\0';
    return options_parse(&table, count, (char *const *)arguments, error);
}

#define PARSE(values, ...)                                                                         \
    parse(values, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                          \
          (const char *[]){__VA_ARGS__})

TEST(options_take_every_form)
{
    struct values values;
    CHECK_EQUAL(
        PARSE(&values, "--flag", "--text=a=b", "--number", "7", "--seed=9223372036854775807"),
        OPTIONS_OK);
    CHECK(values.flag);
    CHECK(strcmp(values.text, "a=b") == 0);
    CHECK_EQUAL(values.number, 7);
    CHECK(values.seed == INT64_MAX);
    CHECK(strcmp(values.folder, "latest") == 0);
    CHECK_EQUAL(PARSE(&values, "--", "--odd-folder"), OPTIONS_OK);
    CHECK(strcmp(values.folder, "--odd-folder") == 0);
    CHECK_EQUAL(parse(&values, 0, NULL), OPTIONS_OK);
    CHECK_EQUAL(values.number, 20);
    CHECK(strcmp(values.text, "default") == 0);
    CHECK_EQUAL(PARSE(&values, "--text", "-", "dir"), OPTIONS_OK);
    CHECK(strcmp(values.text, "-") == 0);
}

TEST(options_understand_durations_and_percentages)
{
    static const struct {
        const char *text;
        double seconds;
    } good[] = {{"30", 30}, {"30s", 30}, {"2m", 120}, {"1.5m", 90}, {"2h", 7200}};
    struct values values;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CHECK_EQUAL(PARSE(&values, "--time", good[i].text), OPTIONS_OK);
        CHECK(values.seconds == good[i].seconds);
    }
    CHECK_EQUAL(PARSE(&values, "--band=1.5"), OPTIONS_OK);
    CHECK(values.share == 0.015);
    CHECK_EQUAL(PARSE(&values, "--band=2%"), OPTIONS_OK);
    CHECK(values.share == 0.02);
}

// Wrong values, each with what its message must name.
TEST(options_refuse_with_option_value_and_expectation)
{
    static const struct {
        const char *argument, *message;
    } wrong[] = {
        {"--bogus", "unknown option '--bogus'"},
        {"-x", "unknown option '-x'"},
        {"--flag=1", "option '--flag' takes no value, got '1'"},
        {"--text=", "option '--text': expected a text that is not empty, got ''"},
        {"--number=5", "option '--number': expected a whole number, got '5' (6 to 100)"},
        {"--number=101", "'101' (6 to 100)"},
        {"--number=7x", "'7x'"},
        {"--number=7.5", "'7.5'"},
        {"--number=-7", "'-7'"},
        {"--number=1e1", "'1e1'"},
        {"--number=0x10", "'0x10'"},
        {"--number= 7", "' 7'"},
        {"--number=.", "'.'"},
        {"--number=1.2.3", "'1.2.3'"},
        {"--number=99999999999999999999999999999999999", "expected a whole number"},
        {"--time=0", "option '--time': expected a duration such as 30s or 2m, got '0'"},
        {"--time=5d", "'5d'"},
        {"--time=nan", "'nan'"},
        {"--time=9999h", "(1 to 7200 seconds)"},
        {"--band=0", "option '--band': expected a percentage, got '0' (0.1 to 50 %)"},
        {"--band=1%%", "'1%%'"},
        {"--seed=9223372036854775808", "option '--seed': expected a decimal number"},
        {"--seed=-1", "'-1'"},
        {"--number", "option '--number' needs a value: --number N"},
    };
    struct values values;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_EQUAL(PARSE(&values, wrong[i].argument), OPTIONS_WRONG);
        if (!strstr(error, wrong[i].message)) {
            test_fail(__FILE__, __LINE__, "'%s' gives '%s', without '%s'", wrong[i].argument, error,
                      wrong[i].message);
        }
    }
    CHECK_EQUAL(PARSE(&values, "one", "two"), OPTIONS_WRONG);
    CHECK(strstr(error, "unexpected argument 'two'") != NULL);
}

TEST(options_help_and_version_win_where_they_stand)
{
    struct values values;
    CHECK_EQUAL(PARSE(&values, "--flag", "--help", "--bogus"), OPTIONS_HELP);
    CHECK_EQUAL(PARSE(&values, "--version"), OPTIONS_VERSION);
    CHECK_EQUAL(PARSE(&values, "--bogus", "--help"), OPTIONS_WRONG);
}
