// A table from LLVM's pointers (values, blocks, metadata) to numbers.
//
// A zeroed struct is an empty table. Numbers are the caller's; 0 means "not there". Clearing costs
// nothing: entries carry the generation they were made in, because the analysis needs a fresh table
// for every component of the call graph.
#ifndef ESCAPE_VALUE_MAP_H
#define ESCAPE_VALUE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct value_map_entry {
    const void *key;
    uint32_t number, generation;
};

struct value_map {
    struct value_map_entry *entries; // a power of two of them, at most half in use
    size_t capacity, count;
    uint32_t generation;
};

// 0 when the key is not there.
uint32_t value_map_get(const struct value_map *map, const void *key);

// Sets the key's number, not 0.
void value_map_set(struct value_map *map, const void *key, uint32_t number);

void value_map_clear(struct value_map *map);

void value_map_release(struct value_map *map);

#endif
