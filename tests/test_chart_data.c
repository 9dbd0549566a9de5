#include "harness/chart_data.h"
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// The head and the tail of a run; the pairs and the controls go between.
#define RUN(pairs, controls)                                                                       \
    "{\"commit\": \"abc1234\", \"dirty\": true, \"launches\": 20, \"launches_failed\": 1,"         \
    " \"band\": {\"value\": 0.25}, \"machine\": {\"summary\": \"AMD\", \"compiler\": \"gcc -O2\"," \
    " \"libc\": \"glibc\"}, \"pairs\": [" pairs "], \"controls\": [" controls "]}"
#define NS(value) "{\"value\": " value ", \"low\": " value ", \"high\": 70}"
#define PAIR(workload, parameter, a, b, ratio, verdict, launches, a_ns, b_ns)                      \
    "{\"workload\": \"" workload "\", " parameter ", \"a\": \"" a "\", \"b\": \"" b "\", " ratio   \
    ", \"verdict\": \"" verdict "\", \"launches\": " launches                                      \
    ", \"metrics\": {\"a_ns\": " NS(a_ns) ", \"b_ns\": " NS(b_ns) "}}"
#define RATIO(value, low, high)                                                                    \
    "\"ratio\": " value ", \"ratio_low\": " low ", \"ratio_high\": " high
#define SIZE(text, value) "\"parameter\": \"" text "\", \"parameter_value\": " value
#define NO_SIZE "\"parameter\": null, \"parameter_value\": null"

// Sizes out of order; the third pair has no interval.
#define GC_BIG                                                                                     \
    PAIR("short_lived", SIZE("1 KiB", "1024"), "stack", "gc", RATIO("1.04", "1", "1.125"),         \
         "equivalent", "20", "50", "52")
#define GC_SMALL                                                                                   \
    PAIR("short_lived", SIZE("16 B", "16"), "stack", "gc", RATIO("19.7", "19.5", "20"), "slower",  \
         "18", "0.5", "9.85")
#define MALLOC_SMALL                                                                               \
    PAIR("short_lived", SIZE("16 B", "16"), "stack", "malloc", RATIO("9.96", "null", "null"),      \
         "slower", "20", "0.625", "6")
#define CLOSURE                                                                                    \
    PAIR("closure", NO_SIZE, "stack", "gc", RATIO("0.5", "0.4", "0.625"), "faster", "20", "2", "1")
#define OTHER                                                                                      \
    PAIR("tree", SIZE("depth 6", "6"), "gc", "malloc", RATIO("1.5", "0.5", "2"), "inconclusive",   \
         "20", "2", "3")
#define CONTROL                                                                                    \
    PAIR("tree", SIZE("depth 6", "6"), "gc", "gc", RATIO("1.001", "0.99", "1.01"), "equivalent",   \
         "20", "2", "2")

#define FOOTER                                                                                     \
    "# footer\tAMD · gcc -O2 · glibc · commit abc1234 with changes · 20 launches, 1 failed"        \
    " · time: clock_gettime\n# band_low\t0.8\n# band_high\t1.25\n"

// The chart's table, to be freed; status in *status.
static char *table(const char *chart, const char *json, int *status)
{
    json_error_t error;
    json_t *run = json_loads(json, JSON_DECODE_ANY, &error);
    if (!run) {
        test_fail(__FILE__, __LINE__, "the test's own JSON: %s", error.text);
    }
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *out = open_memstream(&text, &text_bytes);
    *status = chart_data_write(out, chart, run);
    fclose(out);
    json_decref(run);
    return text;
}

static void check_table(int line, const char *chart, const char *json, const char *expected)
{
    int status;
    char *text = table(chart, json, &status);
    if (status != 0 || strcmp(text, expected) != 0) {
        test_fail(__FILE__, line, "status %d, got:\n%s\nexpected:\n%s", status, text, expected);
    }
    free(text);
}

static void check_title(int line, const char *chart, const char *json, const char *title)
{
    int status;
    char *text = table(chart, json, &status);
    const size_t key_bytes = strlen("# title\t");
    const size_t title_bytes = strlen(title);
    if (status != 0 || strncmp(text + key_bytes, title, title_bytes) != 0 ||
        text[key_bytes + title_bytes] != '\n') {
        test_fail(__FILE__, line, "status %d, expected the title \"%s\" in:\n%s", status, title,
                  text);
    }
    free(text);
}

static void check_refused(int line, const char *chart, const char *json)
{
    int status;
    char *text = table(chart, json, &status);
    if (status != -EINVAL || text[0]) {
        test_fail(__FILE__, line, "%s: status %d and \"%s\"", json, status, text);
    }
    free(text);
}

TEST(overview_has_a_line_a_pair_and_controls_last)
{
    check_table(__LINE__, "overview",
                RUN(GC_BIG ", " GC_SMALL ", " MALLOC_SMALL ", " CLOSURE ", " OTHER, CONTROL),
                "# title\tThe gc heap is slower than the stack in 1 of 3 pairs (20×), faster in 1\n"
                "# subtitle\tTime per operation as a ratio, log axis: median and 95 % interval of "
                "18–20 launches; 5 pairs; shaded: equivalent, ±25.0 %\n" FOOTER
                "row\tlabel\tseries\tratio\tratio_low\tratio_high\tratio_text\tverdict\n"
                "1\tshort_lived/1 KiB\tgc\t1.04\t1\t1.125\t1.04×\tequivalent\n"
                "2\tshort_lived/16 B\tgc\t19.7\t19.5\t20\t20×\tslower\n"
                "2\tshort_lived/16 B\tmalloc\t9.96\t\t\t10×\tslower\n"
                "3\tclosure\tgc\t0.5\t0.4\t0.625\t0.50×\tfaster\n"
                "4\ttree/depth 6, malloc ÷ gc\tother\t1.5\t0.5\t2\t1.50×\tinconclusive\n"
                "5\tA/A tree/depth 6, gc\tcontrol\t1.001\t0.99\t1.01\t1.00×\tequivalent\n");
}

TEST(short_lived_is_sorted_by_size_and_ends_each_with_an_empty_line)
{
    check_table(
        __LINE__, "short_lived", RUN(GC_BIG ", " CLOSURE ", " MALLOC_SMALL ", " GC_SMALL, CONTROL),
        "# title\tA gc-heap object costs 20× a stack one at 16 B, the same at 1 KiB\n"
        "# subtitle\tTime to create, fill, read, drop an object; below, ratio to the "
        "stack's: median, 95 % interval of 18–20 launches; 3 pairs; "
        "shaded: equivalent, ±25.0 %\n" FOOTER "size_bytes\tsize\tseries\tns\tns_low\tns_high\t"
        "ratio\tratio_low\tratio_high\tratio_text\tverdict\tlabel_side\n"
        "16\t16 B\tstack\t0.5\t0.5\t70\t\t\t\t\t\t\n"
        "16\t16 B\tgc\t9.85\t9.85\t70\t19.7\t19.5\t20\t20×\tslower\tabove\n"
        "16\t16 B\tmalloc\t6\t6\t70\t9.96\t\t\t10×\tslower\tbelow\n"
        "\n"
        "1024\t1 KiB\tstack\t50\t50\t70\t\t\t\t\t\t\n"
        "1024\t1 KiB\tgc\t52\t52\t70\t1.04\t1\t1.125\t1.04×\tequivalent\tabove\n"
        "\n");
}

TEST(titles_say_what_the_verdicts_say)
{
    check_title(__LINE__, "overview", RUN(GC_SMALL, ""),
                "The gc heap is slower than the stack in the one pair (20×)");
    check_title(__LINE__, "overview", RUN(GC_BIG, CONTROL),
                "The gc heap and the stack are equivalent in the one pair");
    check_title(__LINE__, "overview", RUN(CLOSURE ", " GC_BIG, ""),
                "The gc heap is faster than the stack in 1 of 2 pairs");
    check_title(__LINE__, "overview", RUN(MALLOC_SMALL, ""),
                "The malloc heap is slower than the stack in the one pair (10×)");
    check_title(__LINE__, "overview", RUN(OTHER, ""),
                "Of 1 pair, 0 slower, 0 equivalent and 0 faster");
    check_title(__LINE__, "overview", RUN("", CONTROL), "1 of 1 A/A controls: equivalent");
    check_title(__LINE__, "short_lived", RUN(MALLOC_SMALL, ""),
                "A malloc object costs 10× a stack one at 16 B");
    check_title(__LINE__, "short_lived", RUN(GC_BIG, ""),
                "A gc-heap object costs the same as a stack one at 1 KiB");
}

TEST(an_inconclusive_pair_is_neither_slower_nor_faster)
{
    check_title(__LINE__, "overview",
                RUN(PAIR("closure", NO_SIZE, "stack", "gc", RATIO("1.5", "0.5", "2"),
                         "inconclusive", "20", "1", "1"),
                    ""),
                "The gc heap is called neither slower nor faster than the stack in the one pair");
    check_title(__LINE__, "short_lived",
                RUN(PAIR("short_lived", SIZE("16 B", "16"), "stack", "gc", RATIO("1.5", "0.5", "2"),
                         "depends on layout", "20", "1", "1"),
                    ""),
                "A gc-heap object costs 1.50× a stack one (depends on layout) at 16 B");
}

TEST(control_characters_cannot_break_the_table)
{
    int status;
    char *text = table("overview",
                       RUN(PAIR("a\\tb\\nc", NO_SIZE, "stack", "gc", RATIO("2", "1.5", "3"),
                                "slower", "20", "1", "2"),
                           ""),
                       &status);
    CHECK_EQUAL(status, 0);
    CHECK(strstr(text, "\n1\ta b c\tgc\t2\t") != NULL);
    free(text);
}

TEST(what_is_no_run_or_has_no_rows_is_refused_with_nothing_written)
{
    check_refused(__LINE__, "percentiles", RUN(GC_BIG, CONTROL));
    check_refused(__LINE__, "overview", RUN("", ""));
    check_refused(__LINE__, "short_lived", RUN(CLOSURE, CONTROL));
    check_refused(__LINE__, "overview", "{}");
    check_refused(__LINE__, "overview", "[]");
    check_refused(__LINE__, "overview", "3");
    check_refused(__LINE__, "overview", "{\"pairs\": {}}");
    check_refused(__LINE__, "overview", RUN("3", ""));
    check_refused(__LINE__, "overview", RUN("{\"workload\": \"closure\"}", ""));
    check_refused(__LINE__, "short_lived", RUN(GC_BIG ", {\"workload\": 3}", ""));
}

// The heights in closed form: 900 of 1000 operations lie at or below 50 ns: log10(1000 / 100) = 1.
#define SIDE(ops, tail, max, buckets)                                                              \
    "{\"ops\": " ops ", \"p99_ns\": " tail ", \"max_ns\": " max ", \"buckets\": [" buckets "]}"
TEST(chart_data_percentiles)
{
    const char *const run =
        "{\"commit\": \"abc1234\", \"dirty\": true, \"launches\": 20, \"launches_failed\": 1,"
        " \"machine\": {\"summary\": \"AMD\", \"compiler\": \"gcc -O2\", \"libc\": \"glibc\"},"
        " \"pairs\": [], \"latency\": {\"launches\": 5, \"pairs\": [{\"workload\": \"tree\","
        " \"parameter\": \"depth 8\", \"a\": \"stack\", \"b\": \"gc\", \"timer\": " //
        SIDE("10", "30", "30", "[30, 10, 0]") ", \"a_latency\": "                   //
        SIDE("1000", "100", "120", "[50, 900, 0], [100, 99, 0], [120, 1, 0]")       //
        ", \"b_latency\": " SIDE("1000", "1000", "2047", "[50, 990, 0], [2032, 10, 4]") "}]}}";
    check_table(__LINE__, "percentiles", run,
                "# title\tThe p99 of tree/depth 8 is 10× as long on the gc heap as on the "
                "stack\n"
                "# subtitle\tTime of single operations, the timer's own included; circles: "
                "operations that met a collection; 5 launches merged\n"
                "# footer\tAMD · gcc -O2 · glibc · commit abc1234 with changes · 20 launches, 1 "
                "failed · time: clock_gettime\n"
                "panel\tpair\tseries\tns\tpercentile\theight\tcollected\n"
                "1\ttree/depth 8\ttimer\t30\t95\t1.30103\t0\n\n"
                "1\ttree/depth 8\tstack\t50\t90\t1\t0\n"
                "1\ttree/depth 8\tstack\t100\t99.9\t3\t0\n"
                "1\ttree/depth 8\tstack\t120\t99.95\t3.30103\t0\n\n"
                "1\ttree/depth 8\tgc\t50\t99\t2\t0\n"
                "1\ttree/depth 8\tgc\t2047\t99.95\t3.30103\t4\n\n");
    int status;
    free(table("percentiles", RUN("", ""), &status));
    CHECK_EQUAL(status, -EINVAL);
}

// Ratios in closed form: 110 / 100, 50 / 40, 0.5 / 2. The stack of the second pair is that of the
// first; a miss count under a thousandth cannot be drawn.
#define COUNT(value, low, high) "{\"value\": " value ", \"low\": " low ", \"high\": " high "}"
#define COUNTED(b, a_sim, a_hw, b_sim, b_hw)                                                       \
    "{\"workload\": \"tree\", \"parameter\": \"depth 6\", \"parameter_value\": 6, \"a\": "         \
    "\"stack\","                                                                                   \
    " \"b\": \"" b "\", \"ratio\": 2, \"verdict\": \"slower\", \"launches\": 20, \"metrics\": {"   \
    "\"a_instructions\": " COUNT("40", "40", "40") ", \"a_hw_instructions\": " COUNT(              \
        "50", "48", "51") ", \"b_instructions\": " COUNT("100", "100",                             \
                                                         "100") ", "                               \
                                                                "\"b_hw_instructions\":"           \
                                                                " " COUNT("110", "109",            \
                                                                          "112") ", "              \
                                                                                 "\"a_l1d_"        \
                                                                                 "misses\""        \
                                                                                 ": " a_sim ", "   \
                                                                                 "\"a_hw_"         \
                                                                                 "l1d_"            \
                                                                                 "misses\""        \
                                                                                 ": " a_hw ", "    \
                                                                                 "\"b_l1d_"        \
                                                                                 "misses\""        \
                                                                                 ": " b_sim ", "   \
                                                                                 "\"b_hw_"         \
                                                                                 "l1d_"            \
                                                                                 "misses\""        \
                                                                                 ": " b_hw "}}"
TEST(chart_data_crosscheck)
{
    const char *const run =
        "{\"commit\": \"abc1234\", \"dirty\": false, \"launches\": 20, \"launches_failed\": 0,"
        " \"machine\": {\"summary\": \"AMD\", \"compiler\": \"gcc -O2\", \"libc\": \"glibc\"},"
        " \"counters\": {\"tool\": \"valgrind-3\", \"model\": \"L1 48K/12\"}, \"pairs\": [" //
        COUNTED("gc", COUNT("0", "0", "0"), COUNT("0.2", "0.1", "0.3"), COUNT("2", "2", "2"),
                COUNT("0.5", "0.4", "0.6")) ", " //
        COUNTED("malloc", COUNT("0", "0", "0"), COUNT("9", "9", "9"), COUNT("3", "3", "3"),
                COUNT("3", "2", "4")) "], \"controls\": []}";
    check_table(__LINE__, "crosscheck", run,
                "# title\tThe hardware counts 1.10× to 1.25× the simulated instructions, 0.25× to "
                "1.00× the simulated L1 misses\n"
                "# subtitle\tHardware over simulation per operation, log axes, the line where they "
                "are equal: median and 95 % interval of 20 launches; 1 side under 0.001 left out\n"
                "# footer\tAMD · gcc -O2 · glibc · commit abc1234 · hardware: perf, user space · "
                "simulated: valgrind-3, L1 48K/12\n"
                "panel\tmetric\tlabel\tseries\tsimulated\thardware\thardware_low\thardware_high\t"
                "ratio_text\tfarthest\n"
                "1\tinstructions\ttree/depth 6, stack\tstack\t40\t50\t48\t51\t1.25×\t1\n"
                "1\tinstructions\ttree/depth 6, gc\tgc\t100\t110\t109\t112\t1.10×\t0\n"
                "1\tinstructions\ttree/depth 6, malloc\tmalloc\t100\t110\t109\t112\t1.10×\t0\n"
                "2\tL1 misses\ttree/depth 6, gc\tgc\t2\t0.5\t0.4\t0.6\t0.25×\t1\n"
                "2\tL1 misses\ttree/depth 6, malloc\tmalloc\t3\t3\t2\t4\t1.00×\t0\n");
    check_refused(__LINE__, "crosscheck", RUN(GC_BIG ", " CLOSURE, CONTROL));
}
