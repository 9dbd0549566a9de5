// The placements with a library of their own: each knows its objects, and Boehm's collector finds
// what lives on coroutine stacks only.
#include "harness/library.h"
#include "harness/placement.h"
#include "runtime/runtime.h"
#include "tests/test.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Of libraries that may be absent: address 0 then, and not called.
void *GC_malloc(size_t size_bytes) __attribute__((weak));
uintptr_t GC_get_gc_no(void) __attribute__((weak));
void *mi_malloc(size_t size_bytes) __attribute__((weak));
void mi_free(void *object) __attribute__((weak));
void *je_malloc(size_t size_bytes) __attribute__((weak));
void je_free(void *object) __attribute__((weak));

enum { OBJECT_BYTES = 48, LIST_COUNT = 20000, GARBAGE_COUNT = 400000, COLLECTION_COUNT = 3 };

static size_t misplaced(enum placement placement, const void *object)
{
    placement_notes = (struct placement_notes){0};
    placement_note(placement, object, OBJECT_BYTES, __LINE__);
    return placement_notes.misplaced_count;
}

struct objects {
    void *of[PLACEMENT_COUNT];
};

static void objects_init(struct objects *objects, void *local)
{
    *objects = (struct objects){0};
    objects->of[PLACEMENT_STACK] = local;
    objects->of[PLACEMENT_GC] = heap_new_bytes(OBJECT_BYTES);
    objects->of[PLACEMENT_MALLOC] = malloc(OBJECT_BYTES);
    if (placement_is_present(PLACEMENT_BOEHM)) {
        objects->of[PLACEMENT_BOEHM] = GC_malloc(OBJECT_BYTES);
    }
    if (placement_is_present(PLACEMENT_MIMALLOC)) {
        objects->of[PLACEMENT_MIMALLOC] = mi_malloc(OBJECT_BYTES);
    }
    if (placement_is_present(PLACEMENT_JEMALLOC)) {
        objects->of[PLACEMENT_JEMALLOC] = je_malloc(OBJECT_BYTES);
    }
}

static void objects_release(struct objects *objects)
{
    free(objects->of[PLACEMENT_MALLOC]);
    if (placement_is_present(PLACEMENT_MIMALLOC)) {
        mi_free(objects->of[PLACEMENT_MIMALLOC]);
    }
    if (placement_is_present(PLACEMENT_JEMALLOC)) {
        je_free(objects->of[PLACEMENT_JEMALLOC]);
    }
}

static void look_at_classes(void *arg)
{
    (void)arg;
    char local[OBJECT_BYTES];
    struct objects objects;
    objects_init(&objects, local);
    for (enum placement claimed = 0; claimed < PLACEMENT_COUNT; claimed++) {
        for (enum placement real = 0; real < PLACEMENT_COUNT; real++) {
            // jemalloc is recognised by its own placement only (harness/library_jemalloc.c).
            // `auto` may be what the stack and the heap are.
            const bool is_told_apart = claimed != PLACEMENT_AUTO &&
                                       !(claimed == PLACEMENT_MALLOC && real == PLACEMENT_JEMALLOC);
            if (objects.of[real] && placement_is_present(claimed) && is_told_apart) {
                if (misplaced(claimed, objects.of[real]) != (claimed != real)) {
                    test_fail(__FILE__, __LINE__, "an object of %s is taken for one of %s",
                              placement_name(real), placement_name(claimed));
                }
            }
        }
    }
    objects_release(&objects);
}

struct node {
    struct node *next;
    uint64_t value;
};

static struct node *make_list(void)
{
    struct node *first = NULL;
    for (uint64_t i = 0; i < LIST_COUNT; i++) {
        struct node *const node = GC_malloc(sizeof *node);
        node->next = first;
        node->value = i;
        first = node;
    }
    return first;
}

static bool list_is_whole(const struct node *node)
{
    uint64_t left = LIST_COUNT;
    for (; node && left > 0 && node->value == left - 1; node = node->next) {
        left--;
    }
    return left == 0 && !node;
}

// Holds a list on its stack, and nowhere else, until it is told to look at it.
static void hold_list(void *arg)
{
    struct channel *const channel = arg;
    struct node *const list = make_list();
    bool is_whole = false;
    channel_send(channel, &is_whole); // made
    channel_receive(channel, &is_whole);
    is_whole = list_is_whole(list);
    channel_send(channel, &is_whole);
}

static uint64_t make_garbage(void)
{
    const uint64_t before = GC_get_gc_no();
    for (int i = 0; i < GARBAGE_COUNT || GC_get_gc_no() - before < COLLECTION_COUNT; i++) {
        // What is wrongly freed is soon overwritten.
        memset(GC_malloc(sizeof(struct node)), 0xa5, sizeof(struct node));
    }
    return GC_get_gc_no() - before;
}

static void keep_lists(void *arg)
{
    (void)arg;
    enum { HOLDER_COUNT = 4 };
    struct channel *channels[HOLDER_COUNT];
    bool flag = false;
    for (int i = 0; i < HOLDER_COUNT; i++) {
        channels[i] = channel_new(sizeof(bool), 0);
        coroutine_spawn(hold_list, channels[i]);
        channel_receive(channels[i], &flag);
    }
    struct node *const own = make_list();
    const uint64_t collections = make_garbage();
    struct runtime_stats stats;
    placement_stats_read(PLACEMENT_BOEHM, &stats);
    CHECK(collections >= COLLECTION_COUNT);
    CHECK(stats.gc_count >= collections);
    CHECK(stats.gc_pause_ns_max > 0);
    CHECK(stats.gc_pause_ns_total >= stats.gc_pause_ns_max);
    CHECK(list_is_whole(own));
    for (int i = 0; i < HOLDER_COUNT; i++) {
        channel_send(channels[i], &flag);
        channel_receive(channels[i], &flag);
        CHECK(flag);
    }
}

static void run_with_room(void (*fn)(void *))
{
    const struct runtime_config config = {.procs = 1, .stack_bytes_min = 256 * 1024};
    placement_begin(PLACEMENT_BOEHM);
    CHECK_EQUAL(runtime_run(&config, fn, NULL), 0);
}

TEST(placements_know_their_objects)
{
    run_with_room(look_at_classes);
}

TEST(boehm_finds_what_is_on_stacks)
{
    if (placement_is_present(PLACEMENT_BOEHM)) {
        run_with_room(keep_lists);
        run_with_room(keep_lists); // other stacks, the same collector
    }
}
