// The report of objects that only ambiguous words hold: numbers that equal an address are planted,
// and found; where none is planted, nothing is.
//
// Objects are made by a coroutine that has ended, and remembered complemented, so that no stale
// word holds them.
#include "runtime/inspect.h"
#include "tests/heap_support.h"

#include <stdlib.h>
#include <string.h>

static const struct heap_type PLANTED = {"planted", sizeof(struct node), NODE_MAP};

static struct {
    struct node *first;     // a root at the range's beginning
    uintptr_t planted;      // complemented
    struct node *typed;     // a root
    uint64_t *untyped;      // a root
    uint64_t *second;       // the same beside it
    uintptr_t chain;        // complemented
    struct channel *joined; // a root
    struct node *last;      // a root at the range's end
} scene;

enum { CHAIN_COUNT = 5, UNTYPED_BYTES = 256, UNTYPED_WORDS = UNTYPED_BYTES / 8 };

NOINLINE static void make(void *arg)
{
    (void)arg;
    struct node *const planted = heap_new(&PLANTED);
    heap_store(&planted->next, heap_new(&NODE));
    scene.planted = ~(uintptr_t)planted;
    struct node *const typed = heap_new(&NODE);
    heap_store(&typed->other, heap_new(&PLANTED));
    scene.typed = typed;
    scene.untyped = heap_new_conservative(UNTYPED_BYTES);
    scene.second = heap_new_conservative(UNTYPED_BYTES);
    struct node *chain = heap_new_bytes(sizeof(struct node));
    for (int i = 0; i < CHAIN_COUNT; i++) {
        struct node *const node = heap_new(&NODE);
        heap_store(&node->next, chain);
        chain = node;
    }
    scene.chain = ~(uintptr_t)chain;
    scene.first = heap_new(&NODE);
    scene.last = heap_new_array(&NODE, 3);
    heap_store(&scene.last[2].other, heap_new(&NODE));
    channel_send(scene.joined, NULL);
}

static void begin(void)
{
    memset(&scene, 0, sizeof scene);
    heap_root_add(&scene, sizeof scene);
    scene.joined = channel_new(0, 0);
    CHECK_EQUAL(coroutine_spawn(make, NULL), 0);
    channel_receive(scene.joined, NULL);
    coroutine_yield();
}

static const struct runtime_ambiguous_type *type_of(const struct runtime_ambiguous *report,
                                                    const char *name)
{
    for (int i = 0; i < RUNTIME_AMBIGUOUS_TYPES; i++) {
        if (report->types[i].object_count > 0 && strcmp(report->types[i].name, name) == 0) {
            return &report->types[i];
        }
    }
    return NULL;
}

static struct runtime_ambiguous report;

// The planted object and the one that it points to are reported, no other that stands here.
static void check_planted(void)
{
    const struct runtime_ambiguous_type *const planted = type_of(&report, "planted");
    const struct runtime_ambiguous_type *const node = type_of(&report, "node");
    CHECK(planted && planted->object_count == 1);
    CHECK(planted && planted->object_bytes == sizeof(struct node));
    CHECK(node && node->object_count == 1);
    CHECK(report.object_bytes >= 2 * sizeof(struct node));
    CHECK(report.gc_number == stats_now().gc_count);
}

static void check_none(void)
{
    CHECK(report.gc_number == stats_now().gc_count);
    CHECK(!type_of(&report, "planted"));
    CHECK(!type_of(&report, "node"));
}

NOINLINE static void collect(void)
{
    wipe_stack();
    heap_collect();
    runtime_ambiguous_read(&report);
}

NOINLINE static void collect_with_number(void)
{
    volatile uint64_t number = ~scene.planted;
    collect();
    number = 0;
    (void)number;
}

static void plant_on_stack(void *arg)
{
    (void)arg;
    begin();
    collect_with_number();
    check_planted();
    CHECK(report.stack_count >= 1);
    CHECK_EQUAL(report.untyped_count, 0);
}

TEST(a_number_on_a_stack_is_reported)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_on_stack);
}

static void plant_in_untyped(void *arg)
{
    (void)arg;
    begin();
    scene.untyped[7] = ~scene.planted;
    collect();
    check_planted();
    CHECK_EQUAL(report.untyped_count, 1);
    scene.untyped[7] = 0;
    collect();
    check_none();
    CHECK_EQUAL(report.untyped_count, 0);
}

static void plant_in_each_word(void *arg)
{
    (void)arg;
    begin();
    uint64_t *const *const objects[] = {&scene.untyped, &scene.second};
    for (int i = 0; i < 2; i++) {
        static const int words[] = {0, UNTYPED_WORDS - 1};
        for (int k = 0; k < 2; k++) {
            (*objects[i])[words[k]] = ~scene.planted;
            scene.typed->hidden = ~scene.planted;
            collect();
            check_planted();
            CHECK_EQUAL(report.untyped_count, 1);
            (*objects[i])[7] = ~scene.planted;
            collect();
            CHECK_EQUAL(report.untyped_count, 1);
            memset(*objects[i], 0, UNTYPED_BYTES);
        }
    }
    collect();
    check_none();
}

TEST(a_number_is_reported_in_any_word_and_its_object_once)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_in_each_word);
}

// Everything behind it counts as well. What stacks hold rightly is in both reports.
static void plant_chain(void *arg)
{
    (void)arg;
    begin();
    scene.untyped[7] = ~scene.chain;
    collect();
    const struct runtime_ambiguous with = report;
    scene.untyped[7] = 0;
    collect();
    CHECK_EQUAL(with.object_count, report.object_count + CHAIN_COUNT + 1);
    CHECK_EQUAL(with.object_bytes, report.object_bytes + (CHAIN_COUNT + 1) * sizeof(struct node));
    const struct runtime_ambiguous_type *const node = type_of(&with, "node");
    const struct runtime_ambiguous_type *const bytes = type_of(&with, "pointer-free");
    CHECK(node && node->object_count == CHAIN_COUNT);
    CHECK(node && node->object_bytes == CHAIN_COUNT * sizeof(struct node));
    CHECK(bytes && bytes->object_count >= 1);
    for (int i = 1; i < RUNTIME_AMBIGUOUS_TYPES; i++) {
        CHECK(with.types[i].object_count <= with.types[i - 1].object_count);
    }
}

TEST(what_a_number_leads_to_is_counted_by_type_and_altogether)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_chain);
}

TEST(a_number_in_an_untyped_object_is_reported_as_long_as_it_is_there)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_in_untyped);
}

// In a word that is no pointer by its type, and in a pointer-free object, a number holds nothing.
static void plant_in_vain(void *arg)
{
    (void)arg;
    begin();
    scene.typed->hidden = ~scene.planted;
    collect();
    check_none();
    CHECK(stats_now().heap_live_bytes > 0);
}

TEST(where_no_ambiguous_word_holds_anything_nothing_is_reported)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_in_vain);
}

// Held by a registered range or a typed pointer as well: not by the number alone.
static void plant_beside_pointer(void *arg)
{
    (void)arg;
    begin();
    scene.untyped[7] = (uintptr_t)scene.typed->other;
    collect();
    check_none();
    CHECK_EQUAL(report.untyped_count, 0);
}

TEST(what_a_pointer_holds_too_is_not_reported)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_beside_pointer);
}

static void no_report(void *arg)
{
    (void)arg;
    begin();
    collect();
    CHECK_EQUAL(report.gc_number, 0);
}

TEST(there_is_no_report_without_the_stress_mode)
{
    run(no_report);
}

static void trace(void *arg)
{
    (void)arg;
    setenv("ESCAPEMENT_GCTRACE", "1", 1);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, plant_in_untyped);
}

TEST(the_trace_has_a_line_for_it)
{
    int status = 0;
    const char *const output = test_in_child(trace, NULL, &status);
    CHECK(strstr(output, "are held by ambiguous words only"));
    CHECK(strstr(output, "1 by an untyped object's"));
    CHECK(strstr(output, "1 planted"));
}
