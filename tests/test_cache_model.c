#include "harness/cache_model.h"

#include "tests/test.h"

#include <string.h>

static bool is_refused(const char *text, const char *reason)
{
    struct cache_model model = cache_model_default;
    char error[CACHE_MODEL_ERROR_BYTES] = "";
    return !cache_model_parse(&model, text, error) && strstr(error, reason) &&
           model.l1.size_bytes == cache_model_default.l1.size_bytes;
}

TEST(cache_model_reads_both_levels_in_any_order)
{
    struct cache_model model;
    char error[CACHE_MODEL_ERROR_BYTES], text[CACHE_MODEL_TEXT_BYTES];
    CHECK(cache_model_parse(&model, "LL=2M/8,L1=32768/8", error));
    CHECK_EQUAL(model.l1.size_bytes, 32768);
    CHECK_EQUAL(model.l1.way_count, 8);
    CHECK_EQUAL(model.ll.size_bytes, 2 << 20);
    CHECK_EQUAL(model.ll.way_count, 8);
    cache_model_text(&model, text);
    CHECK(strcmp(text, "L1 32K/8, LL 2M/8") == 0);
}

TEST(cache_model_keeps_the_default_of_a_level_not_named)
{
    struct cache_model model;
    char error[CACHE_MODEL_ERROR_BYTES], text[CACHE_MODEL_TEXT_BYTES];
    CHECK(cache_model_parse(&model, "LL=1408K/11", error));
    cache_model_text(&model, text);
    CHECK(strcmp(text, "L1 48K/12, LL 1408K/11") == 0);
    CHECK_EQUAL(model.l1.size_bytes, 48 * 1024);
}

TEST(cache_model_refuses_with_the_reason)
{
    CHECK(is_refused("", "expected L1="));
    CHECK(is_refused("L2=1M/16", "expected L1="));
    CHECK(is_refused("L1=48K", "SIZE/WAYS"));
    CHECK(is_refused("L1=/12", "SIZE/WAYS"));
    CHECK(is_refused("L1=48K/0", "SIZE/WAYS"));
    CHECK(is_refused("L1=48K/12,", "expected L1="));
    CHECK(is_refused("L1=48K/12x", "SIZE/WAYS"));
    CHECK(is_refused("L1=48K/10", "power of two"));
    CHECK(is_refused("L1=63/1", "power of two"));
    CHECK(is_refused("LL=4096M/16", "at most"));
    CHECK(is_refused("LL=99999999999M/16", "SIZE/WAYS"));
    CHECK(is_refused("LL=16K/8", "smaller"));
}
