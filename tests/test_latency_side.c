#include "harness/latency_side.h"

#include "base/rng.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

static struct latency_side *new_side(void)
{
    return calloc(1, sizeof(struct latency_side));
}

// Launches that are written, read and merged give what one histogram of all values gives, but for
// the figures inside a bucket, which are the same either way.
TEST(latency_side_survives_json_and_merging)
{
    struct latency_side *const all = new_side(), *const merged = new_side();
    struct rng rng;
    rng_init(&rng, 11);
    for (int launch = 0; launch < 4; launch++) {
        struct latency_side *const one = new_side();
        for (int op = 0; op < 5000; op++) {
            const uint64_t ns = 20 + (rng_next(&rng) >> (30 + rng_below(&rng, 30)));
            histogram_record(&one->all, ns);
            histogram_record(&all->all, ns);
            if (ns > 1000000) {
                histogram_record(&one->collected, ns);
                histogram_record(&all->collected, ns);
            }
        }
        json_t *const json = latency_side_json(one);
        char error[LATENCY_SIDE_ERROR_BYTES] = "";
        CHECK(latency_side_add(merged, json, error));
        json_decref(json);
        free(one);
    }
    CHECK(memcmp(&all->all, &merged->all, sizeof all->all) == 0);
    CHECK(memcmp(all->collected.counts, merged->collected.counts, sizeof all->collected.counts) ==
          0);
    json_t *const left = latency_side_json(all), *const right = latency_side_json(merged);
    CHECK(json_equal(left, right));
    json_decref(left);
    json_decref(right);
    free(all);
    free(merged);
}

TEST(latency_side_refuses_what_contradicts_itself)
{
#define HEAD(ops, collected, min, max)                                                             \
    "{\"ops\": " ops ", \"collected_ops\": " collected ", \"min_ns\": " min ", \"max_ns\": " max
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{}", "ops"},
        {"[]", "Expected object"},
        {HEAD("0", "0", "0", "0") ", \"buckets\": []}", "hold 0"},
        {HEAD("3", "0", "5", "5") ", \"buckets\": [[5, 2, 0]]}", "'ops' is 3"},
        {HEAD("2", "1", "5", "5") ", \"buckets\": [[5, 2, 0]]}", "hold 2"},
        {HEAD("2", "3", "5", "5") ", \"buckets\": [[5, 2, 3]]}", "buckets[0]"},
        {HEAD("2", "0", "5", "6") ", \"buckets\": [[6, 1, 0], [5, 1, 0]]}", "buckets[1]"},
        {HEAD("1", "0", "257", "257") ", \"buckets\": [[257, 1, 0]]}", "buckets[0]"},
        {HEAD("1", "0", "5", "5") ", \"buckets\": [[-5, 1, 0]]}", "buckets[0]"},
        {HEAD("1", "0", "5", "5") ", \"buckets\": [[5, 1]]}", "buckets[0]"},
        {HEAD("1", "0", "4", "5") ", \"buckets\": [[5, 1, 0]]}", "'min_ns' or 'max_ns'"},
        {HEAD("1", "0", "5", "258") ", \"buckets\": [[5, 1, 0]]}", "'min_ns' or 'max_ns'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct latency_side *const side = new_side();
        json_t *const json = json_loads(cases[i].text, 0, NULL);
        char error[LATENCY_SIDE_ERROR_BYTES] = "";
        if (!json || latency_side_add(side, json, error) || !strstr(error, cases[i].message)) {
            test_fail(__FILE__, __LINE__, "%s: '%s', expected '%s'", cases[i].text, error,
                      cases[i].message);
        }
        CHECK_EQUAL(side->all.count, 0);
        json_decref(json);
        free(side);
    }
}
