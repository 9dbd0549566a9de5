#include "harness/cache_model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIB = 1024, MIB = 1024 * KIB };

const struct cache_model cache_model_default = {
    .l1 = {.size_bytes = 48 * KIB, .way_count = 12},
    .ll = {.size_bytes = 1 * MIB, .way_count = 16},
};

// No cache is larger, and no arithmetic below overflows.
static const uint64_t size_bytes_max = (uint64_t)1 << 30;

// The digits at *text, which moves behind them; 0 when there are none or too many.
static uint64_t read_number(const char **text)
{
    const size_t digit_count = strspn(*text, "0123456789");
    if (digit_count == 0 || digit_count > 10) {
        return 0;
    }
    const uint64_t number = strtoull(*text, NULL, 10);
    *text += digit_count;
    return number;
}

// "48K/12" at *text, which moves behind it. Returns what is wrong, or NULL.
static const char *read_level(const char **text, struct cache_model_level *level)
{
    uint64_t size_bytes = read_number(text);
    if (**text == 'K' || **text == 'M') {
        size_bytes *= **text == 'K' ? KIB : MIB;
        (*text)++;
    }
    if (size_bytes == 0 || **text != '/') {
        return "expected SIZE/WAYS such as 48K/12";
    }
    (*text)++;
    const uint64_t way_count = read_number(text);
    if (way_count == 0 || (**text && **text != ',')) {
        return "expected SIZE/WAYS such as 48K/12";
    }
    if (size_bytes > size_bytes_max) {
        return "a cache has at most 1024M";
    }
    const uint64_t set_count = size_bytes / way_count / CACHE_MODEL_LINE_BYTES;
    if (set_count * way_count * CACHE_MODEL_LINE_BYTES != size_bytes || set_count == 0 ||
        (set_count & (set_count - 1)) != 0) {
        return "size / ways / 64 must be a power of two";
    }
    *level = (struct cache_model_level){.size_bytes = size_bytes, .way_count = way_count};
    return NULL;
}

bool cache_model_parse(struct cache_model *model, const char *text,
                       char error[CACHE_MODEL_ERROR_BYTES])
{
    struct cache_model read = cache_model_default;
    const char *rest = text;
    const char *wrong = NULL;
    do {
        struct cache_model_level *const level = strncmp(rest, "L1=", 3) == 0   ? &read.l1
                                                : strncmp(rest, "LL=", 3) == 0 ? &read.ll
                                                                               : NULL;
        rest += level ? 3 : 0;
        wrong = level ? read_level(&rest, level) : "expected L1=SIZE/WAYS,LL=SIZE/WAYS";
    } while (!wrong && *rest++ == ',');
    if (!wrong && read.ll.size_bytes < read.l1.size_bytes) {
        wrong = "the last level is smaller than the first";
    }
    if (wrong) {
        snprintf(error, CACHE_MODEL_ERROR_BYTES, "option '--cache-model': %s, got '%.80s'", wrong,
                 text);
        return false;
    }
    *model = read;
    return true;
}

static void level_text(const struct cache_model_level *level, char text[24])
{
    const uint64_t unit = level->size_bytes % MIB == 0   ? MIB
                          : level->size_bytes % KIB == 0 ? KIB
                                                         : 1;
    snprintf(text, 24, "%" PRIu64 "%s/%" PRIu64, level->size_bytes / unit,
             unit == MIB   ? "M"
             : unit == KIB ? "K"
                           : "",
             level->way_count);
}

void cache_model_text(const struct cache_model *model, char text[CACHE_MODEL_TEXT_BYTES])
{
    char l1[24], ll[24];
    level_text(&model->l1, l1);
    level_text(&model->ll, ll);
    snprintf(text, CACHE_MODEL_TEXT_BYTES, "L1 %s, LL %s", l1, ll);
}
