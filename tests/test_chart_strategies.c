// The tables of the charts of strategies, from runs whose every figure is known.
#include "harness/chart_data.h"
#include "tests/test.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN(pairs)                                                                                 \
    "{\"commit\": \"abc1234\", \"dirty\": false, \"launches\": 20, \"launches_failed\": 0,"        \
    " \"band\": {\"value\": 0.02}, \"machine\": {\"summary\": \"AMD\", \"compiler\": \"gcc -O2\"," \
    " \"libc\": \"glibc\"}, \"pairs\": [" pairs "], \"controls\": []}"
#define PAIR(workload, unit, parameter, a, b, a_ns, b_ns)                                          \
    "{\"workload\": \"" workload "\", \"parameter\": \"" unit                                      \
    "\", \"parameter_value\": " parameter ", \"a\": \"" a "\", \"b\": \"" b                        \
    "\", \"ratio\": 2, \"ratio_low\": 1, \"ratio_high\": 3,"                                       \
    " \"verdict\": \"slower\", \"launches\": 20, \"metrics\": {"                                   \
    "\"a_ns\": {\"value\": " a_ns ", \"low\": " a_ns ", \"high\": " a_ns "},"                      \
    "\"b_ns\": {\"value\": " b_ns ", \"low\": " b_ns ", \"high\": " b_ns "}}}"

// Returns the table, to be freed.
static char *table(const char *chart, const char *text, int *status)
{
    json_t *const run = json_loads(text, 0, NULL);
    CHECK(run != NULL);
    char *written = NULL;
    size_t written_bytes = 0;
    FILE *const out = open_memstream(&written, &written_bytes);
    *status = chart_data_write(out, chart, run);
    fclose(out);
    json_decref(run);
    return written;
}

static void check(const char *chart, const char *run, const char *expected)
{
    int status;
    char *const got = table(chart, run, &status);
    if (status != 0 || strcmp(got, expected) != 0) {
        test_fail(__FILE__, __LINE__, "status %d, got:\n%s\nexpected:\n%s", status, got, expected);
    }
    free(got);
}

#define FOOTER                                                                                     \
    "# footer\tAMD · gcc -O2 · glibc · commit abc1234 · 20 launches · time: clock_gettime\n"       \
    "panel\tpanel_name\tseries\tdepth\tdepth_text\tns\tns_low\tns_high\n"

// Depths out of order; what contiguous costs at 10 is the least of two pairs' figures; the
// title speaks of the greatest depth that all have, 10; other pairs and workloads are left out.
TEST(growth_is_time_a_frame)
{
    check(
        "growth",
        RUN(PAIR("recursion_first", "depth 100", "100", "contiguous", "segmented", "900", "400") //
            ", " PAIR("recursion_grown", "depth 10", "10", "segmented", "reserved", "20",
                      "15") //
            ", " PAIR("recursion_first", "depth 10", "10", "contiguous", "segmented", "60",
                      "40") //
            ", " PAIR("recursion_first", "depth 10", "10", "contiguous", "reserved", "50",
                      "30000")                                                      //
            ", " PAIR("recursion_first", "depth 10", "10", "stack", "gc", "1", "2") //
            ", " PAIR("hot_split", "256 B", "256", "contiguous", "segmented", "1", "2")),
        "# title\t10 frames deep (first use, 128 B a frame), a frame costs 5 ns contiguous, 4 ns "
        "segmented, 3 µs reserved\n"
        "# subtitle\tTime of a recursion and its way back, divided by its depth: median, 95 % "
        "interval of 20 launches; 4 pairs of strategies\n" FOOTER
        "1\tfirst use, 128 B a frame\tcontiguous\t10\tdepth 10\t5\t5\t5\n"
        "1\tfirst use, 128 B a frame\tcontiguous\t100\tdepth 100\t9\t9\t9\n\n"
        "1\tfirst use, 128 B a frame\tsegmented\t10\tdepth 10\t4\t4\t4\n"
        "1\tfirst use, 128 B a frame\tsegmented\t100\tdepth 100\t4\t4\t4\n\n"
        "1\tfirst use, 128 B a frame\treserved\t10\tdepth 10\t3000\t3000\t3000\n\n"
        "2\tgrown before, 128 B\tsegmented\t10\tdepth 10\t2\t2\t2\n\n"
        "2\tgrown before, 128 B\treserved\t10\tdepth 10\t1.5\t1.5\t1.5\n");
}

TEST(hot_split_names_each_strategys_worst_depth)
{
    check(
        "hot_split",
        RUN(PAIR("hot_split", "256 B", "256", "contiguous", "segmented", "1.5", "1.25") //
            ", " PAIR("hot_split", "512 B", "512", "contiguous", "segmented", "1", "24")),
        "# title\tAt its worst depth a call costs 1.5 ns on contiguous stacks, 24 ns on segmented "
        "stacks\n"
        "# subtitle\tTime of a call and its return, over the depth that it is made from: median, "
        "95 % interval of 20 launches; 2 pairs of strategies\n" FOOTER
        "1\ta call, frame of 400 bytes\tcontiguous\t256\t256 B\t1.5\t1.5\t1.5\n"
        "1\ta call, frame of 400 bytes\tcontiguous\t512\t512 B\t1\t1\t1\n\n"
        "1\ta call, frame of 400 bytes\tsegmented\t256\t256 B\t1.25\t1.25\t1.25\n"
        "1\ta call, frame of 400 bytes\tsegmented\t512\t512 B\t24\t24\t24\n");
}

TEST(hot_split_at_one_depth_claims_no_worst)
{
    check("hot_split", RUN(PAIR("hot_split", "512 B", "512", "contiguous", "segmented", "1", "24")),
          "# title\tWith 512 B of stack above it a call costs 1 ns on contiguous stacks, 24 ns on "
          "segmented stacks\n"
          "# subtitle\tTime of a call and its return, over the depth that it is made from: median, "
          "95 % interval of 20 launches; 1 pair of strategies\n" FOOTER
          "1\ta call, frame of 400 bytes\tcontiguous\t512\t512 B\t1\t1\t1\n\n"
          "1\ta call, frame of 400 bytes\tsegmented\t512\t512 B\t24\t24\t24\n");
}

TEST(runs_without_such_pairs_have_no_such_charts)
{
    static const char *const runs[] = {
        RUN(PAIR("recursion_first", "depth 10", "10", "stack", "gc", "1", "2")),
        RUN(PAIR("spawn", "64 B", "64", "contiguous", "segmented", "1", "2")),
        RUN(PAIR("recursion_first", "depth 10", "10", "contiguous", "other", "1", "2")),
    };
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        int status;
        char *const got = table("growth", runs[i], &status);
        CHECK_EQUAL(status, -EINVAL);
        CHECK(strcmp(got, "") == 0);
        free(got);
    }
}
