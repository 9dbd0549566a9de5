// A random graph of heap objects against a shadow of it in malloc memory.
//
// Every object has an id; its words are pointers to other objects or a hash of the id. Rounds of
// random operations run in a coroutine of their own that has finished when the graph is compared,
// so that no stale word of a stack can hold what the shadow calls unreachable: the live bytes have
// to be equal.
#include "tests/test.h"

#include "base/rng.h"
#include "runtime/heap_internal.h"
#include "runtime/runtime.h"
#include "runtime/size_class.h"
#include "runtime/span.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    ROOT_COUNT = 40,
    OBJECTS_MAX = 60000,
    NONE = 0, // no object has this id
};

enum kind { SMALL, MIDDLE, LONG, SMALL_ARRAY, MIDDLE_ARRAY, CONSERVATIVE, BYTES, KIND_COUNT };

static const uint64_t SMALL_MAP[] = {0x5};
static const uint64_t MIDDLE_MAP[] = {1 << 1 | 1 << 5 | 1 << 12};
static const uint64_t LONG_MAP[] = {1ull << 3 | 1ull << 63, 1ull | 1ull << 35};
static const struct heap_type SMALL_TYPE = {"small", 4 * 8, SMALL_MAP};
static const struct heap_type MIDDLE_TYPE = {"middle", 13 * 8, MIDDLE_MAP};
static const struct heap_type LONG_TYPE = {"long", 100 * 8, LONG_MAP};

struct shadow {
    enum kind kind;
    uint32_t word_count;
    bool reached;
    uintptr_t hidden;   // the complement of the address
    uint32_t *children; // ids, a word each; NULL when there are no pointers
};

static struct shadow shadows[OBJECTS_MAX];
static uint32_t shadow_count;
static uint64_t *roots[ROOT_COUNT];
static uint32_t root_ids[ROOT_COUNT];
static struct rng rng;
static uint32_t wrong_count;

static uint64_t *address_of(uint32_t id)
{
    return id == NONE ? NULL : (uint64_t *)~shadows[id].hidden;
}

// Never an address: bit 63 is set and bit 62 is not.
static uint64_t filler(uint32_t id, uint32_t word)
{
    struct rng hash;
    rng_init(&hash, (uint64_t)id << 32 | word);
    return rng_next(&hash) >> 2 | 1ull << 63;
}

// What word `word` of an object holds to point to another: any byte of it.
static char *pointer_to(uint32_t holder, uint32_t word, uint32_t id)
{
    char *object = (char *)address_of(id);
    const uint64_t size_bytes = object ? shadows[id].word_count * 8 : 0;
    return size_bytes ? object + filler(holder, word) % size_bytes : object;
}

// Written apart from the maps above.
static bool is_pointer(enum kind kind, uint32_t word)
{
    switch (kind) {
    case SMALL:
    case SMALL_ARRAY:
        return word % 4 == 0 || word % 4 == 2;
    case MIDDLE:
    case MIDDLE_ARRAY:
        return word % 13 == 1 || word % 13 == 5 || word % 13 == 12;
    case LONG:
        return word == 3 || word == 63 || word == 64 || word == 99;
    case CONSERVATIVE:
        return word % 11 == 0;
    default:
        return false;
    }
}

static uint64_t rounded_bytes(const struct shadow *shadow)
{
    const size_t size_bytes = shadow->word_count * 8;
    if (size_bytes > SIZE_CLASS_BYTES_MAX) {
        return (size_bytes + SPAN_PAGE_BYTES - 1) / SPAN_PAGE_BYTES * SPAN_PAGE_BYTES;
    }
    const bool untyped = shadow->kind == CONSERVATIVE || shadow->kind == BYTES;
    return size_class_table[untyped ? size_class_of_untyped(size_bytes) : size_class_of(size_bytes)]
        .object_bytes;
}

// A word count that is mostly small.
static uint32_t random_length(uint32_t most)
{
    const uint32_t limit = 1 + (most >> (2 * rng_below(&rng, 5)));
    return rng_below(&rng, limit + 1);
}

static uint64_t *allocate(enum kind kind, uint32_t *word_count)
{
    const uint32_t length = random_length(12000);
    switch (kind) {
    case SMALL:
        *word_count = 4;
        return heap_new(&SMALL_TYPE);
    case MIDDLE:
        *word_count = 13;
        return heap_new(&MIDDLE_TYPE);
    case LONG:
        *word_count = 100;
        return heap_new(&LONG_TYPE);
    case SMALL_ARRAY:
        *word_count = length / 4 * 4;
        return heap_new_array(&SMALL_TYPE, length / 4);
    case MIDDLE_ARRAY:
        *word_count = length / 13 * 13;
        return heap_new_array(&MIDDLE_TYPE, length / 13);
    case CONSERVATIVE:
        *word_count = length;
        return heap_new_conservative(length * 8);
    default:
        *word_count = length;
        return heap_new_bytes(length * 8);
    }
}

// The id of a reachable object, or NONE: a random walk from a random root.
static uint32_t walk(void)
{
    uint32_t id = root_ids[rng_below(&rng, ROOT_COUNT)];
    for (uint32_t step = rng_below(&rng, 12); step > 0 && id != NONE; step--) {
        const struct shadow *shadow = &shadows[id];
        if (shadow->word_count == 0) {
            break;
        }
        const uint32_t from = rng_below(&rng, shadow->word_count);
        for (uint32_t i = from; shadow->children && i < shadow->word_count; i++) {
            if (shadow->children[i] != NONE) {
                id = shadow->children[i];
                break;
            }
        }
    }
    return id;
}

// Stores a pointer to object `value` into a random place that is reachable.
static void link_somewhere(uint32_t value)
{
    const uint32_t holder = walk();
    if (holder != NONE && shadows[holder].children && shadows[holder].word_count > 0) {
        struct shadow *shadow = &shadows[holder];
        const uint32_t from = rng_below(&rng, shadow->word_count);
        for (uint32_t i = from; i < shadow->word_count; i++) {
            if (is_pointer(shadow->kind, i)) {
                shadow->children[i] = value;
                heap_store(address_of(holder) + i, pointer_to(holder, i, value));
                return;
            }
        }
    }
    const uint32_t root = rng_below(&rng, ROOT_COUNT);
    root_ids[root] = value;
    heap_store(&roots[root], address_of(value));
}

static void create(void)
{
    if (shadow_count == OBJECTS_MAX) {
        return;
    }
    const enum kind kind = rng_below(&rng, KIND_COUNT);
    const uint32_t id = shadow_count++;
    struct shadow *shadow = &shadows[id];
    *shadow = (struct shadow){.kind = kind};
    uint64_t *words = allocate(kind, &shadow->word_count);
    shadow->hidden = ~(uintptr_t)words;
    if (kind != BYTES) {
        shadow->children = calloc(shadow->word_count + 1, sizeof *shadow->children);
    }
    for (uint32_t i = 0; i < shadow->word_count; i++) {
        wrong_count += words[i] != 0;
        if (!is_pointer(kind, i)) {
            words[i] = filler(id, i);
        }
    }
    link_somewhere(id);
}

static void compare_words(uint32_t id)
{
    const struct shadow *shadow = &shadows[id];
    const uint64_t *words = address_of(id);
    for (uint32_t i = 0; i < shadow->word_count; i++) {
        const uint64_t expected = is_pointer(shadow->kind, i)
                                      ? (uintptr_t)pointer_to(id, i, shadow->children[i])
                                      : filler(id, i);
        wrong_count += words[i] != expected;
    }
}

// Compares everything reachable, forgets the rest; returns the bytes of what is reachable.
static uint64_t compare(void)
{
    static uint32_t stack[OBJECTS_MAX];
    uint32_t depth = 0;
    uint64_t reachable_bytes = 0;
    for (uint32_t id = 1; id < shadow_count; id++) {
        shadows[id].reached = false;
    }
    for (uint32_t i = 0; i < ROOT_COUNT; i++) {
        const uint32_t id = root_ids[i];
        wrong_count += roots[i] != address_of(id);
        if (id != NONE && !shadows[id].reached) {
            shadows[id].reached = true;
            stack[depth++] = id;
        }
    }
    while (depth > 0) {
        const uint32_t id = stack[--depth];
        const struct shadow *shadow = &shadows[id];
        reachable_bytes += rounded_bytes(shadow);
        compare_words(id);
        for (uint32_t i = 0; shadow->children && i < shadow->word_count; i++) {
            const uint32_t child = shadow->children[i];
            if (child != NONE && !shadows[child].reached) {
                shadows[child].reached = true;
                stack[depth++] = child;
            }
        }
    }
    for (uint32_t id = 1; id < shadow_count; id++) {
        if (!shadows[id].reached) {
            free(shadows[id].children);
            shadows[id].children = NULL;
        }
    }
    return reachable_bytes;
}

struct plan {
    unsigned stress;
    uint64_t seed;
    uint32_t round_count;
    uint32_t step_count;           // in a round
    _Atomic(uint32_t) rounds_done; // by coroutines that may run elsewhere
};

static void do_round(void *arg)
{
    struct plan *plan = arg;
    for (uint32_t step = 0; step < plan->step_count; step++) {
        switch (rng_below(&rng, 4)) {
        case 0:
            link_somewhere(NONE);
            break;
        case 1:
            link_somewhere(walk());
            break;
        default:
            create();
        }
    }
    heap_check();
    plan->rounds_done++;
}

static void compare_in_coroutine(void *arg)
{
    struct plan *plan = arg;
    const uint64_t reachable_bytes = compare();
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    CHECK_EQUAL(stats.heap_live_bytes, reachable_bytes);
    CHECK_EQUAL(wrong_count, 0);
    plan->rounds_done++;
}

static void run_alone(void (*fn)(void *), struct plan *plan)
{
    const uint32_t done = plan->rounds_done + 1;
    CHECK_EQUAL(coroutine_spawn(fn, plan), 0);
    while (plan->rounds_done < done) {
        coroutine_yield();
    }
}

// Touches no object itself, so that its stack holds none.
static void run_rounds(void *arg)
{
    struct plan *plan = arg;
    heap_root_add(roots, sizeof roots);
    for (uint32_t round = 0; round < plan->round_count; round++) {
        run_alone(do_round, plan);
        heap_collect();
        run_alone(compare_in_coroutine, plan);
    }
}

static void run_plan(struct plan plan)
{
    rng_init(&rng, plan.seed);
    wrong_count = 0;
    shadow_count = 1;
    for (uint32_t i = 0; i < ROOT_COUNT; i++) {
        roots[i] = NULL;
        root_ids[i] = NONE;
    }
    const struct runtime_config config = {.stack_bytes_min = 65536, .stress = plan.stress};
    CHECK_EQUAL(runtime_run(&config, run_rounds, &plan), 0);
    for (uint32_t id = 1; id < shadow_count; id++) {
        free(shadows[id].children);
    }
}

TEST(the_graph_equals_its_shadow)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        run_plan((struct plan){.seed = seed, .round_count = 20, .step_count = 4000});
    }
}

TEST(the_graph_equals_its_shadow_when_marks_are_checked)
{
    run_plan((struct plan){
        .seed = 11, .stress = STRESS_CHECK_MARK, .round_count = 10, .step_count = 4000});
}

TEST(the_graph_equals_its_shadow_when_every_allocation_collects)
{
    run_plan(
        (struct plan){.seed = 21, .stress = STRESS_GC_ALLOC, .round_count = 10, .step_count = 200});
    run_plan((struct plan){.seed = 22,
                           .stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK,
                           .round_count = 5,
                           .step_count = 200});
    run_plan((struct plan){.seed = 23,
                           .stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK | STRESS_STACK_MOVE,
                           .round_count = 5,
                           .step_count = 200});
}
