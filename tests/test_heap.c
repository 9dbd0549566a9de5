// The heap and the collector, through the public interface; at the end, what STRESS_CHECK_MARK notices.
#include "tests/test.h"

#include "runtime/heap_internal.h"
#include "runtime/mark_check.h"
#include "runtime/proc.h"
#include "runtime/runtime.h"

#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline, noclone))

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    // Objects that stale words of stacks and registers may hold: a test that counts what is alive
    // allows so many to be alive in error.
    STALE_COUNT = 16,
};

struct node {
    struct node *next;
    uint64_t value;
    struct node *other;
    uint64_t hidden; // not in the map
};

static const uint64_t NODE_MAP[] = {0x5};
static const struct heap_type NODE = {"node", sizeof(struct node), NODE_MAP};

static struct node *root_node;

static void run_with(struct runtime_config config, void (*fn)(void *))
{
    config.stack_bytes_min = 64 * KIB;
    CHECK_EQUAL(runtime_run(&config, fn, NULL), 0);
}

static void run(void (*fn)(void *))
{
    run_with((struct runtime_config){0}, fn);
}

static struct runtime_stats stats_now(void)
{
    struct runtime_stats stats;
    runtime_stats_read(&stats);
    return stats;
}

// Overwrites what earlier calls left below the caller's frame.
NOINLINE static void wipe_stack(void)
{
    volatile char junk[16 * KIB];
    for (size_t i = 0; i < sizeof junk; i++) {
        junk[i] = 0;
    }
}

NOINLINE static uint64_t live_bytes(void)
{
    wipe_stack();
    heap_collect();
    return stats_now().heap_live_bytes;
}

// Whether the live bytes are `expected`, give or take stale words that hold objects of object_bytes.
NOINLINE static bool live_is_about(uint64_t expected_bytes, uint64_t object_bytes)
{
    const uint64_t live = live_bytes();
    return live >= expected_bytes && live <= expected_bytes + STALE_COUNT * object_bytes;
}

static bool all_bytes_are(const void *memory, int byte, size_t size_bytes)
{
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < size_bytes; i++) {
        if (bytes[i] != byte) {
            return false;
        }
    }
    return true;
}

// Allocates every kind at many sizes, checks it and fills it, so that the next round finds dirty
// memory.
NOINLINE static void allocate_and_fill(void)
{
    for (size_t size_bytes = 0; size_bytes < 200 * KIB; size_bytes += 1 + size_bytes / 16) {
        for (int i = 0; i < 3; i++) {
            char *bytes = heap_new_bytes(size_bytes);
            char *words = heap_new_conservative(size_bytes);
            CHECK(all_bytes_are(bytes, 0, size_bytes));
            CHECK(all_bytes_are(words, 0, size_bytes));
            CHECK_EQUAL((uintptr_t)bytes % (size_bytes >= 16 ? 16 : 8), 0);
            CHECK_EQUAL((uintptr_t)words % (size_bytes >= 16 ? 16 : 8), 0);
            memset(bytes, 0xff, size_bytes);
            memset(words, 0xff, size_bytes);

            const size_t count = size_bytes / sizeof(struct node);
            struct node *nodes = heap_new_array(&NODE, count);
            CHECK(all_bytes_are(nodes, 0, count * sizeof(struct node)));
            CHECK_EQUAL((uintptr_t)nodes % 16, 0);
            for (size_t k = 0; k < count; k++) {
                nodes[k].value = ~0ull;
                nodes[k].hidden = ~0ull;
            }
        }
    }
}

static void fill_repeatedly(void *arg)
{
    (void)arg;
    for (int round = 0; round < 3; round++) {
        allocate_and_fill();
        heap_collect();
    }
}

TEST(memory_is_zeroed_and_aligned)
{
    run(fill_repeatedly);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, fill_repeatedly);
}

static void allocate_nothing(void *arg)
{
    (void)arg;
    static const struct heap_type empty = {"empty", 0, NULL};
    char *objects[] = {
        heap_new_bytes(0),        heap_new_bytes(0),         heap_new_conservative(0),
        heap_new(&empty),         heap_new_array(&empty, 5), heap_new_array(&NODE, 0),
        heap_new_array(&NODE, 0),
    };
    enum { COUNT = sizeof objects / sizeof objects[0] };
    for (int i = 0; i < COUNT; i++) {
        CHECK(objects[i]);
        for (int k = 0; k < i; k++) {
            CHECK(objects[i] != objects[k]);
        }
    }
    CHECK_EQUAL(stats_now().heap_alloc_bytes, COUNT * 8);
}

TEST(a_size_of_zero_gives_distinct_objects)
{
    run(allocate_nothing);
}

static void count_exactly(void *arg)
{
    (void)arg;
    uint64_t count = 0;
    uint64_t size_bytes = 0;
    for (int i = 0; i < 100000; i++) {
        heap_new_bytes(20);
        heap_new(&NODE);
        count += 2;
        size_bytes += 32 + 32;
        if (i % 1000 == 0) {
            heap_new_bytes(40 * KIB + 1);
            heap_new_array(&NODE, 3);
            count += 2;
            size_bytes += 48 * KIB + 96;
            const struct runtime_stats stats = stats_now();
            CHECK_EQUAL(stats.heap_alloc_count, count);
            CHECK_EQUAL(stats.heap_alloc_bytes, size_bytes);
        }
    }
    CHECK(stats_now().gc_count > 0);
    CHECK(stats_now().heap_mapped_bytes < 64 * MIB);
}

TEST(allocations_are_counted_exactly)
{
    run(count_exactly);
    CHECK_EQUAL(stats_now().heap_alloc_count, 200200);
    CHECK_EQUAL(stats_now().heap_mapped_bytes, 0);
    run_with((struct runtime_config){.gc_off = true}, allocate_nothing);
    CHECK_EQUAL(stats_now().heap_alloc_count, 7);
}

NOINLINE static void build_list(uint32_t node_count)
{
    root_node = NULL;
    for (uint32_t i = 0; i < node_count; i++) {
        struct node *node = heap_new(&NODE);
        node->value = i;
        heap_store(&node->next, root_node);
        heap_store(&root_node, node);
    }
}

NOINLINE static void check_list(uint32_t node_count)
{
    const struct node *node = root_node;
    for (uint32_t i = node_count; i-- > 0; node = node->next) {
        if (!node || node->value != i) {
            CHECK(!"the list is intact");
            return;
        }
    }
    CHECK(!node);
}

static void keep_and_drop_list(void *arg)
{
    (void)arg;
    enum { NODES = 300000 };
    heap_root_add(&root_node, sizeof root_node);
    build_list(NODES);
    CHECK(live_is_about(NODES * sizeof(struct node), sizeof(struct node)));
    check_list(NODES);
    CHECK(live_is_about(NODES * sizeof(struct node), sizeof(struct node)));
    root_node = NULL;
    CHECK(live_is_about(0, sizeof(struct node)));
}

TEST(a_long_list_lives_as_long_as_its_root)
{
    run(keep_and_drop_list);
}

TEST(a_list_survives_the_stress_modes)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, keep_and_drop_list);
}

static void allocate_under_stress(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    build_list(500);
    check_list(500);
    heap_new_bytes(100 * KIB);
    CHECK_EQUAL(stats_now().gc_count, 501);
    root_node = NULL;
}

TEST(stress_collects_at_every_allocation)
{
    run_with((struct runtime_config){.stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK},
             allocate_under_stress);
}

// Makes an object of size_bytes whose address stands nowhere but complemented in *hidden.
NOINLINE static void make_hidden(uintptr_t *hidden, size_t size_bytes)
{
    *hidden = ~(uintptr_t)heap_new_bytes(size_bytes);
}

static const char *interior;

static void point_into(void *arg)
{
    (void)arg;
    static uintptr_t hidden;
    heap_root_add(&interior, sizeof interior);
    static const size_t sizes[] = {4 * KIB, 24 * KIB, 32 * KIB, MIB};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t size_bytes = sizes[i];
        make_hidden(&hidden, size_bytes);
        for (size_t offset = 0; offset < size_bytes; offset += size_bytes / 7) {
            interior = (const char *)~hidden + offset;
            CHECK(live_bytes() >= size_bytes);
        }
        interior = (const char *)~hidden + size_bytes - 1;
        CHECK(live_bytes() >= size_bytes);
        interior = (const char *)~hidden + size_bytes;
        CHECK(live_bytes() < size_bytes);
    }
    interior = NULL;
}

TEST(interior_pointers_hold_an_object_and_its_end_does_not)
{
    run(point_into);
}

NOINLINE static void make_holders(void)
{
    struct node *node = heap_new(&NODE);
    node->hidden = (uintptr_t)heap_new_bytes(MIB);
    uintptr_t *bytes = heap_new_bytes(64);
    bytes[3] = (uintptr_t)heap_new_bytes(2 * MIB);
    heap_store(&node->other, bytes);
    void **words = heap_new_conservative(64);
    heap_store(&words[7], heap_new_bytes(4 * MIB));
    heap_store(&node->next, words);
    root_node = node;
}

static void hold_by_kind(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    make_holders();
    const uint64_t live = live_bytes();
    CHECK(live >= 4 * MIB);
    CHECK(live < 5 * MIB);
    root_node = NULL;
    CHECK(live_bytes() < MIB);
}

TEST(only_words_that_may_be_pointers_hold_objects)
{
    run(hold_by_kind);
}

// A type of 100 words whose words 0, 64 and 99 are pointers.
static const uint64_t LONG_MAP[] = {1, 1ull | 1ull << 35};
static const struct heap_type LONG = {"long", 800, LONG_MAP};

NOINLINE static void make_long_array(size_t count)
{
    void **words = heap_new_array(&LONG, count);
    for (size_t i = 0; i < count * 100; i++) {
        void *object = heap_new_bytes(1024);
        heap_store(&words[i], object);
    }
    root_node = (struct node *)words;
}

static void hold_by_array(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    const size_t counts[] = {1, 2, 7, 50};
    for (int i = 0; i < 4; i++) {
        make_long_array(counts[i]);
        const uint64_t expected = 3 * counts[i] * 1024;
        const uint64_t live = live_bytes();
        CHECK(live > expected);
        CHECK(live <= expected + counts[i] * 800 * 5 / 4 + SPAN_PAGE_BYTES + STALE_COUNT * 1024);
        root_node = NULL;
    }
}

TEST(long_maps_and_arrays_are_followed)
{
    run(hold_by_array);
}

static char *outer_roots[4];
static char *inner_root;

NOINLINE static void fill_roots(void)
{
    for (int i = 0; i < 4; i++) {
        outer_roots[i] = heap_new_bytes(MIB);
    }
    inner_root = heap_new_bytes(2 * MIB);
}

static void use_roots(void *arg)
{
    const bool *add_inner = arg;
    if (*add_inner) {
        heap_root_add(&inner_root, sizeof inner_root);
    }
    fill_roots();
    // Rounded inward, the range has lost its first and its last word.
    CHECK_EQUAL(live_bytes() / MIB, 2 + (*add_inner ? 2 : 0));
}

TEST(roots_added_inside_a_run_end_with_it)
{
    heap_root_add((char *)outer_roots + 1, sizeof outer_roots - 2);
    heap_root_add((char *)outer_roots + 1, sizeof outer_roots - 2);
    heap_root_add(outer_roots, 0);
    const struct runtime_config config = {.stack_bytes_min = 64 * KIB};
    const bool inner[] = {true, false, true};
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(runtime_run(&config, use_roots, (void *)&inner[i]), 0);
    }
    memset(outer_roots, 0, sizeof outer_roots);
}

static void churn(void *arg)
{
    (void)arg;
    for (int i = 0; i < 64 * 1024; i++) {
        heap_new_bytes(1024);
    }
}

TEST(collections_come_when_the_heap_has_grown_enough)
{
    run(churn);
    CHECK_EQUAL(stats_now().gc_count, 64 / 4 - 1);
    CHECK(stats_now().gc_pause_ns_max > 0);
    CHECK(stats_now().gc_pause_ns_total >= stats_now().gc_mark_ns_total);
    run_with((struct runtime_config){.gc_off = true}, churn);
    CHECK_EQUAL(stats_now().gc_count, 0);
}

// Keeps 32 MiB alive, then allocates as much again in garbage.
static void churn_above_live(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    build_list(MIB);
    heap_collect();
    const uint64_t before = stats_now().gc_count;
    for (int i = 0; i < 32 * 1024; i++) {
        heap_new_bytes(1024);
    }
    root_node = (void *)(uintptr_t)(stats_now().gc_count - before);
}

static uint64_t collections_with(struct runtime_config config)
{
    run_with(config, churn_above_live);
    const uint64_t count = (uintptr_t)root_node;
    root_node = NULL;
    return count;
}

TEST(percent_and_limit_set_the_pace)
{
    CHECK(collections_with((struct runtime_config){.gc_percent = 400}) == 0);
    const uint64_t often = collections_with((struct runtime_config){.gc_percent = 25});
    CHECK(often >= 3 && often <= 4);
    const uint64_t near = collections_with(
        (struct runtime_config){.gc_percent = 400, .heap_limit_bytes = 40 * MIB});
    CHECK(near >= 3 && near <= 6);
    // Below what is alive: at most one collection for each sixteenth of it.
    const uint64_t above = collections_with(
        (struct runtime_config){.gc_percent = 400, .heap_limit_bytes = MIB});
    CHECK(above >= 8 && above <= 16);
}

// One struct that describes one type after another, as when types are built at run time.
static void reuse_type(void *arg)
{
    (void)arg;
    static uint64_t map[1];
    static struct heap_type type;
    static void **holder;
    heap_root_add(&holder, sizeof holder);
    for (uint64_t round = 0; round < 64; round++) {
        const uint64_t words = 2 + round % 3;
        const uint64_t pointer = round / 3 % words;
        holder = NULL;
        heap_collect();
        map[0] = 1ull << pointer;
        type = (struct heap_type){"reused", words * 8, map};
        holder = heap_new(&type);
        CHECK(all_bytes_are(holder, 0, words * 8));
        uint64_t *target = heap_new_bytes(8);
        *target = round;
        heap_store(&holder[pointer], target);
        heap_collect();
        CHECK_EQUAL(*(uint64_t *)holder[pointer], round);
    }
}

TEST(a_type_may_be_replaced_by_another_at_its_address)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, reuse_type);
}

enum { MANY_TYPES = 1000 };
static struct heap_type many[MANY_TYPES];
static void **many_objects[MANY_TYPES];

// More types than slots, so that each allocation finds another type's span in its place.
static void use_many_types(void *arg)
{
    (void)arg;
    heap_root_add(many_objects, sizeof many_objects);
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < MANY_TYPES; i++) {
            many[i] = (struct heap_type){"one of many", 16 + i % 5 * 8, NODE_MAP};
            void **object = round % 2 ? heap_new_array(&many[i], 1 + i % 7) : heap_new(&many[i]);
            CHECK(all_bytes_are(object, 0, many[i].size_bytes));
            object[1] = (void *)i;
            heap_store(&object[0], many_objects[i]);
            many_objects[i] = object;
        }
    }
    const uint64_t live = live_bytes();
    CHECK(live > 20 * MANY_TYPES * 16);
    CHECK(stats_now().heap_mapped_bytes < 64 * MIB);
    for (size_t i = 0; i < MANY_TYPES; i++) {
        int depth = 0;
        for (void **object = many_objects[i]; object; object = object[0]) {
            depth += object[1] == (void *)i;
        }
        CHECK_EQUAL(depth, 20);
        many_objects[i] = NULL;
    }
    CHECK(live_bytes() < live / 10);
}

TEST(many_types_share_the_slots)
{
    run(use_many_types);
}

static void allocate_on_system_stack(void *arg)
{
    (void)arg;
    struct node *first = heap_new(&NODE);
    first->value = 1;
    struct node *second = heap_new(&NODE);
    heap_store(&second->next, first);
    heap_new_bytes(100);
    CHECK_EQUAL(second->next->value, 1);
}

static void go_to_system_stack(void *arg)
{
    coroutine_on_system_stack(allocate_on_system_stack, arg);
}

TEST(the_system_stack_may_allocate)
{
    run_with((struct runtime_config){.stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK},
             go_to_system_stack);
}

// ---- fatal errors ---------------------------------------------------------------------------

struct fatal_case {
    void (*fn)(void *);
    bool outside; // of runtime_run()
    const char *message;
};

static void new_outside(void *arg)
{
    (void)arg;
    heap_new(&NODE);
}

static void collect_outside(void *arg)
{
    (void)arg;
    heap_collect();
}

static void overflow_array(void *arg)
{
    (void)arg;
    heap_new_array(&NODE, SIZE_MAX / 16);
}

static void allocate_too_much(void *arg)
{
    (void)arg;
    heap_new_bytes((size_t)1 << 45);
}

static void allocate_all(void *arg)
{
    (void)arg;
    // Fresh memory is not touched, so that this takes addresses only.
    static void *held[65];
    heap_root_add(held, sizeof held);
    for (int i = 0; i < 65; i++) {
        held[i] = heap_new_bytes((size_t)1 << 30);
    }
}

static void misaligned_array(void *arg)
{
    (void)arg;
    static const struct heap_type odd = {"odd", 12, NODE_MAP};
    heap_new_array(&odd, 2);
}

// Every object marked but the last: what points to it is found.
static void forget_to_mark(void *arg)
{
    (void)arg;
    struct heap *heap = &heap_instance;
    struct span *span = page_heap_lookup(&heap->page_heap, root_node);
    for (uint32_t page = 0; page < heap->page_heap.frontier_page;) {
        struct span *at = page_heap_at(&heap->page_heap, page);
        for (uint32_t i = 0; i < span_word_count(at); i++) {
            at->bits[i].marked = at->bits[i].allocated;
        }
        page += at->page_count;
    }
    const uint32_t lost = span_object_index(span, root_node->next);
    span->bits[lost / 64].marked &= ~(1ull << lost % 64);
    mark_check_run(heap, __builtin_frame_address(0));
}

static void lose_object(void *arg)
{
    build_list(10);
    proc_call_system(forget_to_mark, arg);
}

static void run_fatal(void *arg)
{
    const struct fatal_case *fatal_case = arg;
    if (fatal_case->outside) {
        fatal_case->fn(NULL);
    } else {
        run(fatal_case->fn);
    }
}

TEST(fatal_errors_say_what_happened)
{
    static struct fatal_case cases[] = {
        {new_outside, true, "heap_new outside runtime_run"},
        {collect_outside, true, "heap_collect outside runtime_run"},
        {overflow_array, false, "out of memory: an array"},
        {allocate_too_much, false, "out of memory: no room"},
        {allocate_all, false, "out of memory: no room"},
        {misaligned_array, false, "not a multiple of 8"},
        {lose_object, false, "STRESS_CHECK_MARK: lost object"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = 0;
        const char *output = test_in_child(run_fatal, &cases[i], &status);
        CHECK(status != 0);
        if (!strstr(output, cases[i].message)) {
            test_fail(__FILE__, __LINE__, "\"%s\" is not in: %s", cases[i].message, output);
        }
    }
}

// ---- what freed memory looks like -------------------------------------------------------------

static void look_at_freed(void *arg)
{
    (void)arg;
    static uintptr_t hidden;
    make_hidden(&hidden, 512);
    CHECK(live_is_about(0, 512));
    CHECK(heap_contains((void *)~hidden));
    CHECK(!heap_contains(&hidden));
    CHECK(all_bytes_are((void *)~hidden, 0xdb, 512));
    for (int i = 0; i < 100; i++) {
        CHECK(all_bytes_are(heap_new_bytes(512), 0, 512));
    }
}

TEST(freed_objects_are_poisoned_under_stress)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, look_at_freed);
}
