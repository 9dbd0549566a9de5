// Open addressing with linear probing. The hash is the pointer times an odd constant, high bits
// used: the low bits of a pointer are alike.
#include "escape/value_map.h"

#include "base/allocate.h"
#include "base/assert.h"

enum { CAPACITY_MIN = 256 };

static size_t slot_of(const struct value_map *map, const void *key)
{
    const uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15);
    size_t slot = (size_t)(hash >> 20) & (map->capacity - 1);
    while (map->entries[slot].generation == map->generation && map->entries[slot].key != key) {
        slot = (slot + 1) & (map->capacity - 1);
    }
    return slot;
}

uint32_t value_map_get(const struct value_map *map, const void *key)
{
    if (map->capacity == 0) {
        return 0;
    }
    const struct value_map_entry *const entry = &map->entries[slot_of(map, key)];
    return entry->generation == map->generation ? entry->number : 0;
}

static void grow(struct value_map *map)
{
    struct value_map larger = {
        .capacity = map->capacity ? map->capacity * 2 : CAPACITY_MIN,
        .generation = 1,
    };
    larger.entries = allocate_zeroed(larger.capacity, sizeof larger.entries[0]);
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->entries[i].generation == map->generation) {
            value_map_set(&larger, map->entries[i].key, map->entries[i].number);
        }
    }
    free(map->entries);
    *map = larger;
}

void value_map_set(struct value_map *map, const void *key, uint32_t number)
{
    ASSERT(number != 0);
    if (2 * (map->count + 1) > map->capacity) {
        grow(map);
    }
    struct value_map_entry *const entry = &map->entries[slot_of(map, key)];
    if (entry->generation != map->generation) {
        *entry = (struct value_map_entry){.key = key, .generation = map->generation};
        map->count++;
    }
    entry->number = number;
}

void value_map_clear(struct value_map *map)
{
    map->count = 0;
    if (map->capacity != 0 && ++map->generation == 0) {
        value_map_release(map);
    }
}

void value_map_release(struct value_map *map)
{
    free(map->entries);
    *map = (struct value_map){0};
}
