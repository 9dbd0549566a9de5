// The caches that a simulation pretends to have: a first level for data and a last level, with
// lines of 64 bytes. The instruction cache is always 32 KiB with 8 ways.
#ifndef HARNESS_CACHE_MODEL_H
#define HARNESS_CACHE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CACHE_MODEL_LINE_BYTES = 64,
    CACHE_MODEL_ERROR_BYTES = 192,
    CACHE_MODEL_TEXT_BYTES = 64,
};

struct cache_model_level {
    uint64_t size_bytes;
    uint64_t way_count;
};

struct cache_model {
    struct cache_model_level l1; // data
    struct cache_model_level ll; // last: data and instructions
};

// A current server core: 48 KiB with 12 ways, and its own 1 MiB with 16. The last level is the one
// of the core, because what misses it leaves the core, on every machine alike; a shared one would
// hold all of these working sets and show nothing.
extern const struct cache_model cache_model_default;

// Reads "L1=48K/12,LL=1M/16": sizes in bytes, K or M, and ways; a level that is not named keeps the
// default. Returns false with a message, and the model untouched, when the text is wrong or the
// simulator cannot have such a cache (its number of sets must be a power of two).
bool cache_model_parse(struct cache_model *model, const char *text,
                       char error[CACHE_MODEL_ERROR_BYTES]);

// "L1 48K/12, LL 1M/16".
void cache_model_text(const struct cache_model *model, char text[CACHE_MODEL_TEXT_BYTES]);

#endif
