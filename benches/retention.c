// Long- and short-lived objects mixed: most die at once, a share of them is kept until 1,024
// younger ones have been. On a heap the kept ones leave holes behind; a frame has a place for each.
#include "harness/workload.h"

enum { KEPT_COUNT = 1024, WORD_COUNT = 8 };

struct object {
    uint64_t number;
    uint64_t words[WORD_COUNT - 1];
};
OBJECT_TYPE(object, NO_POINTERS);

struct kept {
    struct object *objects[KEPT_COUNT];
    struct object *slots; // NULL on heaps
    uint64_t oldest_index;
};

static void fill(struct object *object, uint64_t number)
{
    object->number = number;
    for (unsigned i = 0; i < WORD_COUNT - 1; i++) {
        object->words[i] = number * (i + 3);
    }
}

// Zero unless somebody else wrote into the object.
static uint64_t damage(const struct object *object)
{
    return object->words[WORD_COUNT - 2] - object->number * (WORD_COUNT + 1);
}

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    (void)parameter;
    SLOT_ARRAY(object, slots, KEPT_COUNT);
    struct kept kept = {.slots = slots};
    for (uint64_t i = 0; i < KEPT_COUNT; i++) {
        kept.objects[i] = OBTAIN_AT(object, slots, i);
        fill(kept.objects[i], i);
    }
    next(OPAQUE(&kept), context);
    for (uint64_t i = 0; i < KEPT_COUNT; i++) {
        DROP(kept.objects[i]);
    }
}

static NOINLINE uint64_t keep(struct kept *kept, uint64_t number)
{
    const uint64_t index = kept->oldest_index;
    struct object *const oldest = kept->objects[index];
    const uint64_t sum = damage(OPAQUE(oldest));
    DROP(oldest);
    struct object *const object = OBTAIN_AT(object, kept->slots, index);
    fill(object, number);
    kept->objects[index] = OPAQUE(object);
    kept->oldest_index = (index + 1) % KEPT_COUNT;
    return sum + number;
}

static NOINLINE uint64_t use(uint64_t number)
{
    LOCAL(object, object);
    fill(object, number);
    const uint64_t sum = damage(OPAQUE(object));
    DROP(object);
    return sum + number;
}

WORKLOAD(retention, .question = "What do survivors among short-lived objects cost?",
         .operation = "make and fill 64 bytes; keep this share of them, drop the others",
         .unit = "% kept", .parameters = {1, 10, 50}, .default_parameter = 10, .prepare = prepare,
         .stack_bytes_min = 512 << 10)
{
    uint64_t checksum = 0;
    uint64_t random = run->seed;
    for (uint64_t op = 0; op < run->op_count; op++) {
        random = random * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX generator
        const bool is_kept = (random >> 32) % 100 < run->parameter;
        checksum += is_kept ? keep(run->held, random) : use(random);
    }
    return checksum;
}
