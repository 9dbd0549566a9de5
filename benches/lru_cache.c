// A cache that forgets what was least recently used: a hash table and a list through entries that
// come and go in an order of their own. On the other side the entries lie in an array in a frame,
// and a new one takes the place of the one forgotten.
#include "harness/workload.h"

enum { ENTRY_COUNT_MAX = 8192, KEYS_PER_ENTRY = 4 };

struct entry {
    struct entry *newer;
    struct entry *older;
    struct entry *chain; // of its bucket
    uint64_t key;
    uint64_t slot_index;
    uint64_t value[3];
};
OBJECT_TYPE(entry, POINTER_AT(entry, newer) | POINTER_AT(entry, older) | POINTER_AT(entry, chain));

struct cache {
    struct entry *buckets[ENTRY_COUNT_MAX];
    struct entry *newest;
    struct entry *oldest;
    struct entry *slots; // NULL on heaps
    uint64_t entry_count;
    uint64_t capacity_count; // a power of two, and the number of buckets
};

static struct entry **bucket_of(struct cache *cache, uint64_t key)
{
    return &cache->buckets[(key * 0x9e3779b97f4a7c15u >> 40) & (cache->capacity_count - 1)];
}

static uint64_t value_of(uint64_t key)
{
    return key * key + 1;
}

static void list_add(struct cache *cache, struct entry *entry)
{
    STORE(&entry->newer, NULL);
    STORE(&entry->older, cache->newest);
    if (cache->newest) {
        STORE(&cache->newest->newer, entry);
    } else {
        cache->oldest = entry;
    }
    cache->newest = entry;
}

static void list_remove(struct cache *cache, struct entry *entry)
{
    if (entry->newer) {
        STORE(&entry->newer->older, entry->older);
    } else {
        cache->newest = entry->older;
    }
    if (entry->older) {
        STORE(&entry->older->newer, entry->newer);
    } else {
        cache->oldest = entry->newer;
    }
}

static void bucket_remove(struct cache *cache, struct entry *entry)
{
    struct entry **const bucket = bucket_of(cache, entry->key);
    if (*bucket == entry) {
        *bucket = entry->chain;
        return;
    }
    struct entry *before = *bucket;
    while (before->chain != entry) {
        before = before->chain;
    }
    STORE(&before->chain, entry->chain);
}

static NOINLINE struct entry *insert(struct cache *cache, uint64_t key)
{
    uint64_t slot_index = cache->entry_count;
    if (cache->entry_count == cache->capacity_count) {
        struct entry *const oldest = cache->oldest;
        slot_index = oldest->slot_index;
        list_remove(cache, oldest);
        bucket_remove(cache, oldest);
        DROP(oldest);
    } else {
        cache->entry_count++;
    }
    struct entry *const entry = OBTAIN_AT(entry, cache->slots, slot_index);
    struct entry **const bucket = bucket_of(cache, key);
    entry->key = key;
    entry->slot_index = slot_index;
    entry->value[0] = value_of(key);
    STORE(&entry->chain, *bucket);
    *bucket = entry;
    list_add(cache, entry);
    return entry;
}

static NOINLINE uint64_t look_up(struct cache *cache, uint64_t key)
{
    struct entry *entry = *bucket_of(cache, key);
    while (entry && entry->key != key) {
        entry = entry->chain;
    }
    if (!entry) {
        entry = insert(cache, key);
    } else if (entry != cache->newest) {
        list_remove(cache, entry);
        list_add(cache, entry);
    }
    return OPAQUE(entry)->value[0];
}

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    _Static_assert((ENTRY_COUNT_MAX & (ENTRY_COUNT_MAX - 1)) == 0, "buckets are a power of two");
    SLOT_ARRAY(entry, slots, ENTRY_COUNT_MAX);
    struct cache cache = {.slots = slots, .capacity_count = parameter};
    for (uint64_t key = 0; key < parameter; key++) {
        insert(&cache, key);
    }
    next(OPAQUE(&cache), context);
    while (EXPLICIT_FREE && cache.oldest) {
        struct entry *const oldest = cache.oldest;
        list_remove(&cache, oldest);
        DROP(oldest);
    }
}

WORKLOAD(lru_cache, .question = "What do a cache's entries cost as heap objects, made and dropped?",
         .operation = "look up a key; if it is not there, drop the oldest entry and make one",
         .unit = "entries", .parameters = {64, 1024, ENTRY_COUNT_MAX}, .default_parameter = 1024,
         .prepare = prepare, .stack_bytes_min = 4 << 20)
{
    struct cache *const cache = run->held;
    uint64_t checksum = 0;
    uint64_t random = run->seed;
    for (uint64_t op = 0; op < run->op_count; op++) {
        random = random * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX generator
        // Half of the look-ups go to an eighth of the keys.
        const uint64_t key_count = cache->capacity_count * KEYS_PER_ENTRY >> (random >> 63) * 3;
        checksum += look_up(cache, (random >> 32) % key_count);
    }
    return checksum;
}
