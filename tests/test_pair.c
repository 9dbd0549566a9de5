// The list of pairs, from the worker's list to names.
#include "harness/pair.h"

#include "tests/test.h"

#include <stddef.h>
#include <string.h>

static const char plain_list[] =
    "{\"workloads\": ["
    "{\"name\": \"sizes\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"B\","
    " \"parameters\": [16, 64]},"
    "{\"name\": \"plain\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": []}],"
    "\"placements\": [\"stack\", \"gc\", \"malloc\"], \"offsets\": [0, 16],"
    "\"controls\": [\"sizes/64/stack:stack\", \"plain/gc:gc\"]}";

static const char *listed = plain_list;
static struct catalog catalog;
static char error[PAIR_ERROR_BYTES];

// The names of the list, each with a space behind it; "" when it was refused.
static const char *names_of(const struct pair_choice *choice)
{
    static char text[1024];
    text[0] = error[0] = '\0';
    CHECK(catalog_init(&catalog, listed, error));
    struct pair_list list;
    if (pair_list_init(&list, &catalog, choice, error)) {
        for (size_t i = 0; i < list.count; i++) {
            CHECK_EQUAL(pair_is_control(&list.pairs[i]), i >= list.count - list.control_count);
            strncat(text, list.pairs[i].name, sizeof text - strlen(text) - 1);
            strncat(text, " ", sizeof text - strlen(text) - 1);
        }
        pair_list_release(&list);
    }
    catalog_release(&catalog);
    return text;
}

static const char *names(const char *placements, const char *filter)
{
    const struct pair_choice choice = {.placements = placements, .filter = filter};
    return names_of(&choice);
}

TEST(pair_list_has_pairs_then_the_controls_of_their_placements)
{
    CHECK(strcmp(names("stack:gc", NULL), "sizes/16/stack:gc sizes/64/stack:gc plain/stack:gc "
                                          "sizes/64/stack:stack plain/gc:gc ") == 0);
    CHECK(strcmp(names("stack:malloc", NULL),
                 "sizes/16/stack:malloc sizes/64/stack:malloc plain/stack:malloc "
                 "sizes/64/stack:stack ") == 0);
    CHECK(strcmp(names("gc:malloc,stack:gc", "^plain"),
                 "plain/gc:malloc plain/stack:gc sizes/64/stack:stack plain/gc:gc ") == 0);
    CHECK(strcmp(names("stack:gc,stack:gc", "16"),
                 "sizes/16/stack:gc sizes/64/stack:stack plain/gc:gc ") == 0);
}

static const char with_strategies[] =
    "{\"workloads\": ["
    "{\"name\": \"sizes\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"B\","
    " \"parameters\": [16, 64], \"placements\": [\"stack\", \"gc\"], \"default_parameter\": 64},"
    "{\"name\": \"both\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": [], \"strategies\": [\"x\"], \"default_pairs\": \"all\"},"
    "{\"name\": \"deep\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"depth\","
    " \"parameters\": [1, 2], \"placements\": [\"stack\"], \"strategies\": [\"x\"],"
    " \"default_pairs\": \"none\"}],"
    "\"placements\": [\"stack\", \"gc\"], \"strategies\": [\"contiguous\", \"segmented\","
    " \"reserved\"], \"offsets\": [0],"
    "\"controls\": [\"sizes/64/gc:gc\", \"deep/1/contiguous:contiguous\", "
    "\"deep/1/reserved:reserved\"]}";

static const char *strategy_names(const char *placements, const char *strategies,
                                  const char *filter)
{
    const struct pair_choice choice = {
        .placements = placements, .strategies = strategies, .filter = filter};
    listed = with_strategies;
    const char *const found = names_of(&choice);
    listed = plain_list;
    return found;
}

TEST(strategies_are_sides_of_the_workloads_that_have_them)
{
    CHECK(strcmp(strategy_names(NULL, "contiguous:segmented", NULL),
                 "both/contiguous:segmented deep/1/contiguous:segmented "
                 "deep/2/contiguous:segmented deep/1/contiguous:contiguous ") == 0);
    CHECK(strcmp(strategy_names("stack:gc", NULL, NULL),
                 "sizes/16/stack:gc sizes/64/stack:gc both/stack:gc sizes/64/gc:gc ") == 0);
    // Pairs of strategies come after those of placements, whatever the order of the workloads.
    CHECK(strcmp(strategy_names("stack:gc", "segmented:reserved", "both|deep/2"),
                 "both/stack:gc both/segmented:reserved deep/2/segmented:reserved "
                 "sizes/64/gc:gc deep/1/reserved:reserved ") == 0);
    CHECK(strcmp(strategy_names(NULL, NULL, NULL),
                 "sizes/64/stack:gc both/stack:gc both/contiguous:segmented "
                 "both/contiguous:reserved sizes/64/gc:gc deep/1/contiguous:contiguous "
                 "deep/1/reserved:reserved ") == 0);
    CHECK(strcmp(strategy_names(NULL, NULL, "deep/1|sizes/16"),
                 "sizes/16/stack:gc deep/1/contiguous:segmented deep/1/contiguous:reserved "
                 "sizes/64/gc:gc deep/1/contiguous:contiguous deep/1/reserved:reserved ") == 0);
    static const struct {
        const char *strategies, *message;
    } wrong[] = {
        {"contiguous", "option '--strategies': expected A:B such as contiguous:segmented, got"},
        {"contiguous:split", "there is no strategy 'split'; there are contiguous segmented "},
        {"stack:gc", "option '--strategies': there is no strategy 'stack'"},
        {"reserved:reserved", "'reserved:reserved' has the same strategy twice"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(strcmp(strategy_names(NULL, wrong[i].strategies, NULL), "") == 0);
        CHECK(strstr(error, wrong[i].message) != NULL);
    }
    CHECK(strcmp(strategy_names("stack:gc", "contiguous:segmented", "sizes/99"), "") == 0);
    CHECK(strstr(error, "matches no pair in stack:gc and contiguous:segmented") != NULL);
}

static const char with_auto[] =
    "{\"workloads\": ["
    "{\"name\": \"sizes\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"B\","
    " \"parameters\": [16, 64, 256]},"
    "{\"name\": \"fixed\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"B\","
    " \"parameters\": [1, 2, 4], \"default_parameter\": 4},"
    "{\"name\": \"asked\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": [], \"default_pairs\": \"none\"},"
    "{\"name\": \"without\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": [], \"placements\": [\"stack\", \"gc\"]},"
    "{\"name\": \"plain\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": []}],"
    "\"placements\": [\"stack\", \"gc\", \"auto\"], \"matched\": [\"stack\"], \"offsets\": [0],"
    "\"controls\": [\"sizes/64/auto:auto\"]}";

// The same of a build without the analyser.
static const char auto_absent[] =
    "{\"workloads\": ["
    "{\"name\": \"plain\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": []}],"
    "\"placements\": [\"stack\", \"gc\"], \"offsets\": [0], \"controls\": [],"
    "\"absent\": [{\"placement\": \"auto\", \"package\": \"clang\"}]}";

TEST(auto_is_added_once_a_workload_where_nobody_chose)
{
    listed = with_auto;
    CHECK(strcmp(names(NULL, NULL), "sizes/16/stack:gc sizes/64/stack:gc sizes/256/stack:gc "
                                    "fixed/4/stack:gc without/stack:gc plain/stack:gc "
                                    "sizes/64/stack:auto fixed/4/stack:auto plain/stack:auto "
                                    "sizes/64/auto:auto ") == 0);
    CHECK(strcmp(names(NULL, "^sizes/64|asked"),
                 "sizes/64/stack:gc asked/stack:gc sizes/64/stack:auto asked/stack:auto "
                 "sizes/64/auto:auto ") == 0);
    CHECK(strcmp(names("stack:gc", "^plain"), "plain/stack:gc ") == 0);
    CHECK(strcmp(names("gc:auto", "^sizes"), "sizes/16/gc:auto sizes/64/gc:auto sizes/256/gc:auto "
                                             "sizes/64/auto:auto ") == 0);
    struct pair_list list;
    CHECK(catalog_init(&catalog, listed, error));
    CHECK(catalog_is_matched(&catalog, "stack") && !catalog_is_matched(&catalog, "gc"));
    CHECK(pair_list_init(&list, &catalog, &(struct pair_choice){0}, error));
    CHECK_EQUAL(list.added_count, 3);
    pair_list_release(&list);
    catalog_release(&catalog);

    listed = auto_absent;
    CHECK(strcmp(names(NULL, NULL), "plain/stack:gc ") == 0);
    CHECK(catalog_init(&catalog, listed, error));
    CHECK(pair_list_init(&list, &catalog, &(struct pair_choice){0}, error));
    CHECK_EQUAL(list.absent_count, 1); // a note, and no error
    pair_list_release(&list);
    catalog_release(&catalog);
    CHECK(strcmp(names(NULL, "^none"), "") == 0);
    CHECK(strstr(error, "matches no pair") != NULL);
    listed = plain_list;
}

TEST(pair_list_refuses_with_the_option_and_the_value)
{
    static const struct {
        const char *placements, *filter, *message;
    } wrong[] = {
        {"stack", NULL, "option '--placements': expected A:B such as stack:gc, got 'stack'"},
        {"stack:gc,,", NULL, "expected A:B such as stack:gc, got ''"},
        {"stack:", NULL, "there is no placement ''; there are stack gc malloc"},
        {"gc:heap", NULL, "there is no placement 'heap'"},
        {"gc:gc", NULL, "'gc:gc' has the same placement twice"},
        {"stack:gc", "[", "option '--filter': '[' is not a POSIX extended regular expression: "},
        {"stack:gc", "gc:stack", "option '--filter': 'gc:stack' matches no pair in stack:gc"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(strcmp(names(wrong[i].placements, wrong[i].filter), "") == 0);
        if (!strstr(error, wrong[i].message)) {
            test_fail(__FILE__, __LINE__, "'%s', without '%s'", error, wrong[i].message);
        }
    }
}

TEST(catalog_refuses_what_is_no_list)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"", "line 1"},
        {"{}", "'workloads' is missing or empty"},
        {"{\"workloads\": [{\"name\": 1}]}", "a workload: "},
        {"{\"workloads\": [{\"name\": \"w\", \"question\": \"\", \"operation\": \"\", \"unit\": "
         "\"B\", \"parameters\": [1.5]}]}",
         "workload 'w': a parameter is not an integer"},
        {"{\"workloads\": [{\"name\": \"w\", \"question\": \"\", \"operation\": \"\", \"unit\": "
         "\"B\", \"parameters\": [1]}], \"placements\": [3]}",
         "'placements' holds something that is not a text"},
        {"{\"workloads\": [{\"name\": \"w\", \"question\": \"\", \"operation\": \"\", \"unit\": "
         "\"B\", \"parameters\": [1]}], \"placements\": []}",
         "'offsets' is missing or empty"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(!catalog_init(&catalog, wrong[i].text, error));
        CHECK(catalog.root == NULL);
        if (!strstr(error, wrong[i].message)) {
            test_fail(__FILE__, __LINE__, "'%s', without '%s'", error, wrong[i].message);
        }
    }
}
