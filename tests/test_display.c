#include "harness/display.h"

#include "harness/pair.h"
#include "tests/test.h"

#include <stddef.h>
#include <string.h>

static void check_text(int line, const char *got, const char *expected)
{
    if (strcmp(got, expected) != 0) {
        test_fail(__FILE__, line, "'%s', not '%s'", got, expected);
    }
}

TEST(display_writes_three_significant_digits)
{
    static const struct {
        double value;
        const char *text;
    } table[] = {{0, "0"},         {0.35, "0.350"},  {0.0123, "0.0123"},    {0.9994, "0.999"},
                 {0.9996, "1.00"}, {1, "1.00"},      {9.874, "9.87"},       {9.994, "9.99"},
                 {9.996, "10.0"},  {99.94, "99.9"},  {99.96, "100"},        {123.4, "123"},
                 {999.6, "1000"},  {1234.5, "1234"}, {12345678, "12345678"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[DISPLAY_NUMBER_BYTES];
        display_number(table[i].value, text);
        check_text(__LINE__, text, table[i].text);
    }
}

TEST(display_writes_durations_with_units)
{
    static const struct {
        double ns;
        const char *plain, *symbols;
    } table[] = {{0, "0 ns", "0 ns"},           {0.5, "0.500 ns", "0.500 ns"},
                 {999.4, "999 ns", "999 ns"},   {999.6, "1.00 us", "1.00 µs"},
                 {45600, "45.6 us", "45.6 µs"}, {999600, "1.00 ms", "1.00 ms"},
                 {2.5e9, "2.50 s", "2.50 s"},   {3e12, "3000 s", "3000 s"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[DISPLAY_NUMBER_BYTES];
        display_duration(&(struct display){.symbols = false}, table[i].ns, text);
        check_text(__LINE__, text, table[i].plain);
        display_duration(&(struct display){.symbols = true}, table[i].ns, text);
        check_text(__LINE__, text, table[i].symbols);
    }
}

TEST(display_counts_characters_not_bytes)
{
    CHECK_EQUAL(display_width("9.87×"), 5);
    CHECK_EQUAL(display_width("1 – 2 µs"), 8);
    CHECK_EQUAL(display_width(""), 0);
}

TEST(display_of_parameters)
{
    static const struct {
        const char *unit;
        int64_t value;
        const char *text;
    } table[] = {{"B", 16, "16 B"},
                 {"B", 1024, "1 KiB"},
                 {"B", 65536, "64 KiB"},
                 {"B", 1500, "1500 B"},
                 {"B", 1 << 20, "1 MiB"},
                 {"depth", 6, "depth 6"},
                 {"elements", 64, "64 elements"},
                 {"", 3, ""}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[PAIR_PARAMETER_BYTES];
        pair_parameter_text(table[i].unit, table[i].value, text);
        check_text(__LINE__, text, table[i].text);
    }
}
