// The central lists, without a runtime around them.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/central.h"
#include "runtime/page_heap.h"

enum { RESERVED_BYTES = 64 * 1024 * 1024, TYPES_MAX = 12, SPANS_A_LIST = 3 };

static struct page_heap heap;
static struct central central;
static const struct heap_type *types[TYPES_MAX];

static void start(void)
{
    size_class_init();
    CHECK_EQUAL(page_heap_init(&heap, RESERVED_BYTES), 0);
    CHECK_EQUAL(central_init(&central), 0);
}

static void stop(void)
{
    central_release(&central);
    page_heap_check(&heap);
    page_heap_release(&heap);
}

// At irregular distances: otherwise the hash finds an entry for each.
static void make_types(struct rng *rng)
{
    enum { PLACES = 4096 };
    static const uint64_t map[] = {1};
    static struct heap_type memory[PLACES];
    for (uint32_t i = 0; i < TYPES_MAX; i++) {
        struct heap_type *const type = &memory[i * PLACES / TYPES_MAX + rng_below(rng, 300)];
        *type = (struct heap_type){"one of twelve", 8, map};
        types[i] = type;
    }
}

static void put_span(uint32_t class_index, const struct heap_type *type)
{
    struct span *const span = page_heap_alloc(&heap, size_class_table[class_index].page_count);
    span_init(span, SPAN_TYPED, class_index, type);
    central_put(&central, &heap, span);
}

// Some spans for each of the first types in each of these classes.
static void put_spans(uint32_t type_count, const bool *has_class)
{
    for (uint32_t i = 0; i < SPANS_A_LIST * SIZE_CLASS_COUNT; i++) {
        for (uint32_t k = 0; k < type_count && has_class[i % SIZE_CLASS_COUNT]; k++) {
            put_span(i % SIZE_CLASS_COUNT, types[k]);
        }
    }
}

static uint32_t wrong_takes(uint32_t type_count, const bool *has_class)
{
    uint32_t wrong_count = 0;
    for (uint32_t i = 0; i < (SPANS_A_LIST + 1) * SIZE_CLASS_COUNT; i++) {
        const uint32_t class_index = i % SIZE_CLASS_COUNT;
        const bool is_there = has_class[class_index] && i / SIZE_CLASS_COUNT < SPANS_A_LIST;
        for (uint32_t k = 0; k < type_count; k++) {
            const struct span *const span =
                central_take(&central, &heap, SPAN_TYPED, class_index, types[k]);
            wrong_count += (span != NULL) != is_there;
            wrong_count += span && (span->type != types[k] || span->class_index != class_index);
        }
    }
    return wrong_count;
}

// All classes, so many lists that the table grows; or some of them, since the hash lets all of them
// never meet.
TEST(central_lists_keep_types_and_classes_apart)
{
    struct rng rng;
    rng_init(&rng, 3);
    for (int round = 0; round < 40; round++) {
        const uint32_t type_count = round % 2 ? TYPES_MAX / 2 : TYPES_MAX;
        bool has_class[SIZE_CLASS_COUNT];
        for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
            has_class[i] = round % 2 == 0 || rng_below(&rng, 2) == 0;
        }
        start();
        make_types(&rng);
        put_spans(type_count, has_class);
        central_check(&central, &heap);
        CHECK_EQUAL(wrong_takes(type_count, has_class), 0);
        stop();
    }
}

TEST(types_of_earlier_collections_take_no_memory)
{
    struct rng rng;
    rng_init(&rng, 4);
    start();
    make_types(&rng);
    const size_t capacity_count = central.typed_capacity_count;
    for (uint32_t i = 0; i < capacity_count; i++) {
        put_span(0, types[i % TYPES_MAX]);
        central_clear(&central);
        CHECK(!central_take(&central, &heap, SPAN_TYPED, 0, types[i % TYPES_MAX]));
    }
    CHECK_EQUAL(central.typed_capacity_count, capacity_count);
    stop();
}
