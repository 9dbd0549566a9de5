// Allocation through the public interface: contents, alignment, counters, types, fatal errors.
#include "tests/test.h"

#include "runtime/gc_profile.h"
#include "runtime/proc.h"
#include "runtime/runtime.h"
#include "tests/heap_support.h"

#include <stdlib.h>
#include <string.h>

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
            CHECK(count == 0 || (uintptr_t)nodes % 16 == 0);
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

// One struct that describes one type after another, as when types are built at run time. Half of
// them follow without a collection, so that slots and spans still know the one before.
static void reuse_type(void *arg)
{
    (void)arg;
    static uint64_t map[1];
    static struct heap_type type;
    static void **holder;
    heap_root_add(&holder, sizeof holder);
    for (uint64_t round = 0; round < 200; round++) {
        const uint64_t word_count = 2 + round / 7 % 3;
        const uint64_t pointer = round % word_count;
        holder = NULL;
        if (round % 2) {
            heap_collect();
        }
        map[0] = 1ull << pointer;
        type = (struct heap_type){"reused", word_count * 8, map};
        void **object = heap_new(&type);
        CHECK(all_bytes_are(object, 0, word_count * 8));
        memset(object, 0xee, word_count * 8);
        CHECK(all_bytes_are(heap_new(&type), 0, word_count * 8));
        uint64_t *target = heap_new_bytes(8);
        *target = ~round;
        heap_store(&object[pointer], target);
        heap_store(&holder, object);
        object = NULL;
        target = NULL;
        wipe_stack();
        heap_collect();
        CHECK(*(uint64_t *)holder[pointer] == ~round);
        for (int i = 0; i < 10; i++) { // on to a run of more than one object
            CHECK(all_bytes_are(heap_new(&type), 0, word_count * 8));
        }
    }
}

TEST(a_type_may_be_replaced_by_another_at_its_address)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, reuse_type);
}

// The same where the compiler knows each size, and inlines the allocations.
static struct heap_type known_type;

static void check_and_fill(void *object, size_t size_bytes)
{
    CHECK(all_bytes_are(object, 0, size_bytes));
    memset(object, 0xee, size_bytes);
}

static void reuse_known_type(void *arg)
{
    (void)arg;
    enum { ROUNDS = 100, IN_ROW = 150 };
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < IN_ROW; i++) {
            known_type = (struct heap_type){"small", 32, NODE_MAP};
            check_and_fill(heap_new(&known_type), 32);
        }
        for (int i = 0; i < IN_ROW; i++) {
            known_type = (struct heap_type){"large", 64, NODE_MAP};
            check_and_fill(heap_new(&known_type), 64);
        }
    }
    CHECK_EQUAL(stats_now().heap_alloc_count, 2 * ROUNDS * IN_ROW);
    CHECK_EQUAL(stats_now().heap_alloc_bytes, ROUNDS * IN_ROW * (32 + 64));
}

TEST(a_type_may_be_replaced_by_one_of_another_size)
{
    run_with((struct runtime_config){.gc_off = true}, reuse_known_type);
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
    // What was left of a run when its slot went to another type was never given to the program.
    CHECK_EQUAL(stats_now().heap_alloc_count, 20 * MANY_TYPES);
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

// Each type fills its span to the last object, and then loses its slot to others.
static void fill_spans_of_many_types(void *arg)
{
    (void)arg;
    enum { OBJECT_BYTES = 2048, IN_SPAN = 16, ROUNDS = 3 };
    static const uint64_t MAP[OBJECT_BYTES / sizeof(void *) / 64] = {0x5};
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < MANY_TYPES; i++) {
            many[i] = (struct heap_type){"full", OBJECT_BYTES, MAP};
            for (int k = 0; k < IN_SPAN; k++) {
                char *const object = heap_new(&many[i]);
                CHECK(object && all_bytes_are(object, 0, OBJECT_BYTES));
                object[OBJECT_BYTES - 1] = 1;
            }
        }
    }
}

TEST(a_full_span_gives_no_object)
{
    run_with((struct runtime_config){.gc_off = true}, fill_spans_of_many_types);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, fill_spans_of_many_types);
}

// ---- how often an allocation leaves the fast path -----------------------------------------------

enum { LOOP_TYPES = 24, LOOP_ROUNDS = 4000 };

static void allocate_in_turns(void *arg)
{
    (void)arg;
    // At irregular distances, as the types of a program are.
    struct heap_type *types[LOOP_TYPES];
    for (int i = 0; i < LOOP_TYPES; i++) {
        types[i] = &many[i * i];
        *types[i] = (struct heap_type){"in turns", 32, NODE_MAP};
    }
    for (int round = 0; round < LOOP_ROUNDS; round++) {
        for (int i = 0; i < LOOP_TYPES; i++) {
            CHECK(all_bytes_are(heap_new(types[i]), 0, 32));
            CHECK(all_bytes_are(heap_new_array(types[i], 2), 0, 64));
        }
    }
}

// Allocations that did not find an object at hand.
static uint64_t slow_count_of(void (*fn)(void *))
{
    setenv("ESCAPEMENT_GCTRACE", "2", 1);
    run_with((struct runtime_config){.procs = 1, .gc_off = true}, fn);
    unsetenv("ESCAPEMENT_GCTRACE");
    struct runtime_gc_profile profile;
    runtime_gc_profile_read(&profile);
    return profile.allocations.count;
}

// Some of two dozen types share a place in the tables.
TEST(types_in_turns_keep_their_runs)
{
    const uint64_t slow_count = slow_count_of(allocate_in_turns);
    // A run is a whole fresh span: 256 or 128 objects.
    CHECK(slow_count >= LOOP_TYPES * LOOP_ROUNDS / 256);
    CHECK(slow_count <= LOOP_TYPES * LOOP_ROUNDS / 50);
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

static struct channel *moving;

// gcc takes this for a function that writes nothing, and keeps what it has read before across the
// call. It comes back on another processor, as from a preemption.
__attribute__((noinline, pure)) static uint64_t move_to_another_processor(void)
{
    const struct proc *const before = *(struct proc *volatile *)&proc_current;
    while (*(struct proc *volatile *)&proc_current == before) {
        channel_receive(moving, NULL);
    }
    return 1;
}

// Who is woken goes on where the waker is, or where there is nothing else to do.
static void send_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        channel_send(moving, NULL);
    }
}

NOINLINE static struct node *make_after_move(bool moves)
{
    struct node *node;
    if (moves) {
        const uint64_t value = move_to_another_processor();
        node = heap_new(&NODE);
        node->value = value;
    } else {
        node = heap_new(&NODE);
        node->value = 2;
    }
    return node;
}

// Whether the object came from a slot of the processor that runs now.
NOINLINE static bool is_from_here(const struct node *node)
{
    const struct heap_typed_slot *const typed =
        &heap_inline_slots->objects[heap_inline_hash(&NODE, 0)];
    return typed->type == &NODE && typed->slot.next == (const char *)(node + 1);
}

static void make_and_move(void *unused)
{
    (void)unused;
    unsigned wrong_count = 0;
    if (proc_count < 2) {
        return; // where one processor runs all coroutines, whatever was asked for
    }
    moving = channel_new(0, 0);
    CHECK_EQUAL(coroutine_spawn(send_for_ever, NULL), 0);
    for (int i = 0; i < 100; i++) {
        wrong_count += !is_from_here(make_after_move(true));
        CHECK_EQUAL(make_after_move(false)->value, 2);
    }
    CHECK_EQUAL(wrong_count, 0);
}

TEST(what_was_read_before_a_call_is_not_used_on_another_processor)
{
    run_with((struct runtime_config){.procs = 2, .gc_off = true}, make_and_move);
}
