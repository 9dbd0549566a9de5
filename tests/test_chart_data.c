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
        "# title\tA gc-heap object costs 20× a stack one at 16 B, the same (within 25 %) at 1 KiB\n"
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
                "The gc heap and the stack are equivalent within 25 % in the one pair");
    check_title(__LINE__, "overview", RUN(CLOSURE ", " GC_BIG, ""),
                "The gc heap is faster than the stack in 1 of 2 pairs");
    check_title(__LINE__, "overview", RUN(MALLOC_SMALL, ""),
                "The malloc heap is slower than the stack in the one pair (10×)");
    check_title(__LINE__, "overview", RUN(OTHER, ""),
                "Of 1 pair, 0 slower, 0 equivalent and 0 faster");
    check_title(__LINE__, "overview", RUN("", CONTROL),
                "1 of 1 A/A controls: equivalent within 25 %");
    check_title(__LINE__, "short_lived", RUN(MALLOC_SMALL, ""),
                "A malloc object costs 10× a stack one at 16 B");
    check_title(__LINE__, "short_lived", RUN(GC_BIG, ""),
                "A gc-heap object costs the same (within 25 %) as a stack one at 1 KiB");
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

// Two rings around a modelled last level of 1 MiB; counts per operation as texts.
#define EVENT(name, source, value, low, high)                                                      \
    "\"" name "\": {\"value\": " value ", \"low\": " low ", \"high\": " high                       \
    ", \"source\": \"" source "\"}"
#define SIMULATED(name, value) EVENT(name, "simulated", value, value, value)
#define HARDWARE(name, value, low, high, active_share)                                             \
    "\"" name "\": {\"value\": " value ", \"low\": " low ", \"high\": " high                       \
    ", \"source\": \"hardware\", \"active_share\": " active_share "}"
#define SIDES_COUNTED(workload, parameter, a, b, metrics)                                          \
    "{\"workload\": \"" workload "\", " parameter ", \"a\": \"" a "\", \"b\": \"" b                \
    "\", \"ratio\": 1, \"launches\": 20, \"metrics\": {" metrics "}}"
#define RING(size, b, a_l1d, a_ll, b_l1d, b_ll)                                                    \
    SIDES_COUNTED(                                                                                 \
        "pointer_walk", size, "stack", b,                                                          \
        SIMULATED("a_l1d_misses", a_l1d) ", " SIMULATED("a_ll_misses", a_ll) ", " SIMULATED(       \
            "b_l1d_misses", b_l1d) ", " SIMULATED("b_ll_misses", b_ll))
#define SMALL SIZE("64 KiB", "65536")
#define LARGE SIZE("2 MiB", "2097152")
#define COUNTERS(environment, pairs)                                                               \
    "{\"commit\": \"abc1234\", \"dirty\": false, \"launches\": 20, \"machine\": {\"summary\": "    \
    "\"AMD\", "                                                                                    \
    "\"compiler\": \"gcc -O2\", \"libc\": \"glibc\"}, \"counters\": {\"tool\": \"valgrind-3\", "   \
    "\"model\": \"L1 48K/12, LL 1M/16\", \"l1d_bytes\": 49152, \"ll_bytes\": 1048576, "            \
    "\"line_bytes\": 64}, " environment "\"pairs\": [" pairs "], \"controls\": []}"
#define REFUSED                                                                                    \
    "\"environment\": {\"conditions\": [{\"name\": \"hardware counters\", \"status\": "            \
    "\"warn\"}]}, "
#define COUNTS_FOOTER                                                                              \
    "# footer\tAMD · gcc -O2 · glibc · commit abc1234 · counts: simulated by valgrind-3 "          \
    "(L1 48K/12, LL 1M/16)\n"

TEST(misses_are_drawn_by_size_and_zero_is_a_count)
{
    check_table(
        __LINE__, "misses",
        COUNTERS(REFUSED, RING(LARGE, "gc", "32769", "32768", "32770", "32768.5") ", " RING(
                              SMALL, "gc", "1024", "0", "1025", "0") ", " CLOSURE),
        "# title\tRings of 2 MiB miss the modelled last level at every line, on the stack as "
        "on the gc heap\n"
        "# subtitle\tCache misses per operation, once around a ring, over its size; log axes; "
        "hollow: simulated, deterministic; hardware counts: not available on this "
        "machine\n" COUNTS_FOOTER
        "# line_bytes\t64\n# model_L1D_bytes\t49152\n# model_LL_bytes\t1048576\n"
        "panel\tworkload\tlevel\tseries\tsource\tsize_bytes\tsize\tmisses\tmisses_low\t"
        "misses_high\tactive_share\n"
        "1\tpointer_walk\tL1D\tstack\tsimulated\t65536\t64 KiB\t1024\t1024\t1024\t\n"
        "1\tpointer_walk\tL1D\tstack\tsimulated\t2097152\t2 MiB\t32769\t32769\t32769\t\n"
        "1\tpointer_walk\tL1D\tgc\tsimulated\t65536\t64 KiB\t1025\t1025\t1025\t\n"
        "1\tpointer_walk\tL1D\tgc\tsimulated\t2097152\t2 MiB\t32770\t32770\t32770\t\n"
        "1\tpointer_walk\tLL\tstack\tsimulated\t65536\t64 KiB\t0\t0\t0\t\n"
        "1\tpointer_walk\tLL\tstack\tsimulated\t2097152\t2 MiB\t32768\t32768\t32768\t\n"
        "1\tpointer_walk\tLL\tgc\tsimulated\t65536\t64 KiB\t0\t0\t0\t\n"
        "1\tpointer_walk\tLL\tgc\tsimulated\t2097152\t2 MiB\t32768.5\t32768.5\t32768.5\t\n");
}

// 1 MiB are 16,384 lines, 2 MiB are 32,768; half a per cent of these is 164.
TEST(titles_of_misses_say_no_more_than_all_points)
{
#define MEDIUM SIZE("1 MiB", "1048576")
#define TITLE_OF(expected, ...) check_title(__LINE__, "misses", COUNTERS("", __VA_ARGS__), expected)
    TITLE_OF(
        "Rings from 1 MiB on miss the modelled last level at every line, on the stack as on the "
        "gc heap",
        RING(MEDIUM, "gc", "0", "16384", "0", "16400") ", " RING(LARGE, "gc", "0", "32768", "0",
                                                                 "32668"));
    TITLE_OF(
        "Rings of up to 2 MiB miss the modelled last level at under 1 % of their lines, on the "
        "stack as with malloc",
        RING(LARGE, "malloc", "32768", "100", "32768", "0"));
    TITLE_OF(
        "Rings miss the modelled last level as often on the gc heap as on the stack, within 2 %",
        RING(LARGE, "gc", "0", "20000", "0", "20300"));
    // One ring of two differs, beyond 5 %.
    TITLE_OF(
        "pointer_walk/1 MiB misses the modelled last level 16384 times on the gc heap, 12.5 on the "
        "stack",
        RING(LARGE, "gc", "0", "32768", "0", "32768") ", " RING(MEDIUM, "gc", "0", "12.5", "0",
                                                                "16384"));
}

TEST(hardware_misses_go_before_simulated_ones_and_keep_their_intervals)
{
    const char *const run =
        COUNTERS("\"environment\": {\"cpu\": {\"caches\": [{\"level\": \"1\", \"type\": \"Data\", "
                 "\"size\": \"32K\"}, {\"level\": \"1\", \"type\": \"Instruction\", \"size\": "
                 "\"64K\"}, {\"level\": \"3\", \"type\": \"Unified\", \"size\": \"8M\"}]}}, ",
                 SIDES_COUNTED("pointer_chase", LARGE, "stack", "gc",
                               HARDWARE("a_hw_ll_misses", "100", "90", "110", "1") ", " HARDWARE(
                                   "b_hw_ll_misses", "1000", "900", "1100", "0.978") ", "
                               // Of the wrong source: not what its name says.
                               EVENT("a_ll_misses", "hardware", "7", "7", "7")));
    check_table(
        __LINE__, "misses", run,
        "# title\tpointer_chase/2 MiB misses the last level 1000 (900–1100) times on the gc "
        "heap, 100 (90–110) on the stack\n"
        "# subtitle\tCache misses per operation, once around a ring, over its size; log "
        "axes; filled: hardware, median and 95 % interval of 20 launches\n"
        "# footer\tAMD · gcc -O2 · glibc · commit abc1234 · counts: hardware, user space, "
        "active ≥ 97 %\n"
        "# line_bytes\t64\n# machine_L1D_bytes\t32768\n# machine_LL_bytes\t8388608\n"
        "panel\tworkload\tlevel\tseries\tsource\tsize_bytes\tsize\tmisses\tmisses_low\t"
        "misses_high\tactive_share\n"
        "1\tpointer_chase\tLL\tstack\thardware\t2097152\t2 MiB\t100\t90\t110\t1\n"
        "1\tpointer_chase\tLL\tgc\thardware\t2097152\t2 MiB\t1000\t900\t1100\t0.978\n");
}

#define EXECUTED(workload, parameter, a, b, a_count, b_count)                                      \
    SIDES_COUNTED(workload, parameter, a, b,                                                       \
                  SIMULATED("a_instructions", a_count) ", " SIMULATED("b_instructions", b_count))

TEST(instructions_are_sorted_by_ratio_and_gc_and_malloc_share_a_row)
{
    check_table(
        __LINE__, "instructions",
        COUNTERS("", EXECUTED("closure", NO_SIZE, "stack", "gc", "10", "15") ", " EXECUTED(
                         "tree", SIZE("depth 6", "6"), "stack", "gc", "100", "250") ", "
                 // Greater than its row's first, whose place it keeps.
                 EXECUTED("closure", NO_SIZE, "stack", "malloc", "10", "90") ", " GC_SMALL),
        "# title\tThe gc heap executes 2.0× the stack's instructions (median of 2 pairs: 1.50× to "
        "2.5×)\n"
        "# subtitle\tInstructions per operation, log axis, 3 pairs; hollow: simulated, "
        "deterministic; "
        "no hardware counts in this run\n" COUNTS_FOOTER
        "row\tlabel\tplacement\tseries\tsource\tinstructions\tinstructions_low\tinstructions_"
        "high\tactive_share\t"
        "ratio\tratio_text\n"
        "1\ttree/depth 6\tstack\tgc\tsimulated\t100\t100\t100\t\t\t\n"
        "1\ttree/depth 6\tgc\tgc\tsimulated\t250\t250\t250\t\t2.5\t2.5×\n\n"
        "2\tclosure\tstack\tgc\tsimulated\t10\t10\t10\t\t\t\n"
        "2\tclosure\tgc\tgc\tsimulated\t15\t15\t15\t\t1.5\t1.50×\n\n"
        "2\tclosure\tstack\tmalloc\tsimulated\t10\t10\t10\t\t\t\n"
        "2\tclosure\tmalloc\tmalloc\tsimulated\t90\t90\t90\t\t9\t9.0×\n\n");
}

TEST(instructions_are_of_one_source)
{
#define BOTH(workload)                                                                             \
    SIDES_COUNTED(                                                                                 \
        workload, NO_SIZE, "stack", "gc",                                                          \
        SIMULATED("a_instructions", "10") ", " SIMULATED("b_instructions", "20") ", " EVENT(       \
            "a_hw_instructions", "hardware", "10", "10",                                           \
            "11") ", " EVENT("b_hw_instructions", "hardware", "30", "29", "31"))
    check_title(__LINE__, "instructions", COUNTERS("", BOTH("closure")),
                "The gc heap executes 3.0× the stack's instructions in the one pair");
    // A pair that hardware did not count makes the whole chart a simulated one.
    check_title(
        __LINE__, "instructions",
        COUNTERS("", BOTH("closure") ", " EXECUTED("tree", NO_SIZE, "stack", "gc", "5", "10")),
        "The gc heap executes 2.0× the stack's instructions (median of 2 pairs: 2.0× to 2.0×)");
    check_title(__LINE__, "instructions",
                COUNTERS("", EXECUTED("tree", NO_SIZE, "gc", "malloc", "10", "5")),
                "The second placement executes 0.50× the first's instructions in the one pair");
}

TEST(nothing_counted_is_no_chart)
{
    check_refused(__LINE__, "misses", RUN(GC_BIG, CONTROL));
    check_refused(__LINE__, "instructions", RUN(GC_BIG, CONTROL));
    // Counted, but over no working set.
    check_refused(__LINE__, "misses",
                  COUNTERS("", SIDES_COUNTED("short_lived", LARGE, "stack", "gc",
                                             SIMULATED("a_ll_misses",
                                                       "1") ", " SIMULATED("b_ll_misses", "2"))));
}

// Ratios in closed form: 110 / 100, 50 / 40, 0.5 / 2. The stack of the second pair is that of the
// first; a miss count under a thousandth cannot be drawn.
#define COUNT(value, low, high) "{\"value\": " value ", \"low\": " low ", \"high\": " high "}"
// clang-format off
#define COUNTED(b, a_sim, a_hw, b_sim, b_hw)                                                       \
    SIDES_COUNTED("tree", SIZE("depth 6", "6"), "stack", b,                                        \
                  "\"a_instructions\": " COUNT("40", "40", "40") ", "                              \
                  "\"a_hw_instructions\": " COUNT("50", "48", "51") ", "                           \
                  "\"b_instructions\": " COUNT("100", "100", "100") ", "                           \
                  "\"b_hw_instructions\": " COUNT("110", "109", "112") ", "                        \
                  "\"a_l1d_misses\": " a_sim ", \"a_hw_l1d_misses\": " a_hw ", "                   \
                  "\"b_l1d_misses\": " b_sim ", \"b_hw_l1d_misses\": " b_hw)
// clang-format on
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
