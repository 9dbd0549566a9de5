// The list of pairs, from the worker's list to names.
#include "harness/pair.h"

#include "tests/test.h"

#include <stddef.h>
#include <string.h>

static const char listed[] =
    "{\"workloads\": ["
    "{\"name\": \"sizes\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"B\","
    " \"parameters\": [16, 64]},"
    "{\"name\": \"plain\", \"question\": \"?\", \"operation\": \"o\", \"unit\": \"\","
    " \"parameters\": []}],"
    "\"placements\": [\"stack\", \"gc\", \"malloc\"], \"offsets\": [0, 16],"
    "\"controls\": [\"sizes/64/stack:stack\", \"plain/gc:gc\"]}";

static struct catalog catalog;
static char error[PAIR_ERROR_BYTES];

// The names of the list, each with a space behind it; "" when it was refused.
static const char *names(const char *placements, const char *filter)
{
    static char text[1024];
    text[0] = error[0] = '\0';
    CHECK(catalog_init(&catalog, listed, error));
    struct pair_list list;
    if (pair_list_init(&list, &catalog, placements, filter, error)) {
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
