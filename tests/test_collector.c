// The collector: what it keeps, what it frees, when it runs, and what STRESS_CHECK_MARK notices.
#include "tests/test.h"

#include "runtime/heap_internal.h"
#include "tests/heap_support.h"

#include <string.h>

static struct node *root_node;

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
    uint32_t left_count = node_count;
    while (node && node->value == left_count - 1) {
        node = node->next;
        left_count--;
    }
    CHECK_EQUAL(left_count, 0);
    CHECK(!node);
}

// Cuts the list into pieces: a stale word may then hold one of these only.
enum { PIECE_COUNT = 50 };
NOINLINE static void cut_list(void)
{
    uint32_t count = 0;
    for (struct node *node = root_node, *next; node; node = next) {
        next = node->next;
        if (++count % PIECE_COUNT == 0) {
            heap_store(&node->next, NULL);
        }
    }
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
    cut_list();
    root_node = NULL;
    CHECK(live_is_about(0, PIECE_COUNT * sizeof(struct node)));
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
static uintptr_t hidden_object;

// A function of its own: the frame that collects must not hold the object by its plain address.
NOINLINE static void point_to(size_t offset_bytes)
{
    interior = (const char *)~hidden_object + offset_bytes;
}

static void point_into(void *arg)
{
    (void)arg;
    heap_root_add(&interior, sizeof interior);
    static const size_t sizes[] = {4 * KIB, 24 * KIB, 32 * KIB, MIB};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t size_bytes = sizes[i];
        make_hidden(&hidden_object, size_bytes);
        for (size_t offset = 0; offset < size_bytes; offset += size_bytes / 7) {
            point_to(offset);
            CHECK(live_bytes() >= size_bytes);
        }
        point_to(size_bytes - 1);
        CHECK(live_bytes() >= size_bytes);
        point_to(size_bytes);
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

// Cut into pieces of whole elements, two and a rest of one element.
enum { TRIPLE_COUNT = 5461 };
static const uint64_t TRIPLE_MAP[] = {4};
static const struct heap_type TRIPLE = {"triple", 24, TRIPLE_MAP};

NOINLINE static void make_triples(void)
{
    void **words = heap_new_array(&TRIPLE, TRIPLE_COUNT);
    heap_store(&words[TRIPLE_COUNT * 3 - 1], heap_new_bytes(4 * MIB));
    root_node = (struct node *)words;
}

static void hold_by_last_element(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    make_triples();
    CHECK(live_bytes() >= 4 * MIB);
    root_node = NULL;
    CHECK(live_bytes() < 4 * MIB);
}

TEST(the_last_element_of_an_array_in_pieces_is_followed)
{
    run(hold_by_last_element);
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
    wipe_stack();
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

// More than there is room for when a collection begins, or than is scanned at once.
static void *wide_roots[64 * KIB];
static struct channel *gate;

NOINLINE static void fill_wide_roots(void)
{
    wide_roots[64 * KIB - 1] = heap_new_bytes(MIB);
}

NOINLINE static void wait_deep_below(void)
{
    volatile char frame[200 * KIB];
    frame[0] = 1;
    channel_receive(gate, NULL);
    CHECK_EQUAL(frame[0], 1);
}

static void hold_high_on_stack(void *arg)
{
    (void)arg;
    char *volatile object = heap_new_bytes(2 * MIB);
    wait_deep_below();
    CHECK(all_bytes_are(object, 0, 2 * MIB));
}

static void hold_far_off(void *arg)
{
    (void)arg;
    heap_root_add(wide_roots, sizeof wide_roots);
    heap_root_add(&gate, sizeof gate);
    gate = channel_new(0, 0);
    fill_wide_roots();
    CHECK_EQUAL(coroutine_spawn(hold_high_on_stack, NULL), 0);
    coroutine_yield();
    CHECK_EQUAL(live_bytes() / MIB, 1 + 2);
    channel_send(gate, NULL);
    wide_roots[64 * KIB - 1] = NULL;
}

TEST(the_end_of_a_long_range_of_roots_is_read)
{
    run_with((struct runtime_config){.procs = 1}, hold_far_off);
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
    config.procs = 1; // others would mark as fast as they can
    run_with(config, churn_above_live);
    const uint64_t count = (uintptr_t)root_node;
    root_node = NULL;
    return count;
}

TEST(percent_and_limit_set_the_pace)
{
    CHECK(collections_with((struct runtime_config){.gc_percent = 400}) == 0);
    const uint64_t often = collections_with((struct runtime_config){.gc_percent = 25});
    CHECK(often >= 3 && often <= 6); // a marking may be over before the heap has grown so far
    const uint64_t near =
        collections_with((struct runtime_config){.gc_percent = 400, .heap_limit_bytes = 40 * MIB});
    CHECK(near >= 3 && near <= 7);
    // Below what is alive: at most one collection for each sixteenth of it, and the last one
    // before.
    const uint64_t above =
        collections_with((struct runtime_config){.gc_percent = 400, .heap_limit_bytes = MIB});
    CHECK(above >= 8);
    CHECK(above <= 17);
}

static struct node *thin_root;

// Leaves every 64th node of the list alive: every span has free objects then.
NOINLINE static void thin_out(struct node *node)
{
    while (node) {
        struct node *next = node;
        for (int i = 0; next && i < 64; i++) {
            next = next->next;
        }
        heap_store(&node->next, next);
        node = next;
    }
}

// What lives lies above twice as much that is free: allocation finds its spans without sweeping
// that far.
NOINLINE static void build_above_free(void)
{
    build_list(2 * MIB);
    thin_root = root_node;
    build_list(MIB);
    thin_out(thin_root);
}

// The thread that gives memory back sweeps as well.
static bool is_swept(void)
{
    struct heap *const heap = &heap_instance;
    lock_acquire(&heap->lock);
    const bool swept = heap->sweep_page >= heap->sweep_end_page;
    lock_release(&heap->lock);
    return swept;
}

// The next collection finds everything swept: no allocation has to do what is left of it.
static void sweep_in_time(void *arg)
{
    (void)arg;
    const struct heap *const heap = &heap_instance;
    heap_root_add(&root_node, sizeof root_node);
    heap_root_add(&thin_root, sizeof thin_root);
    build_above_free();
    const uint64_t begun_at_first = heap->begin_count;
    uint64_t begun_count = begun_at_first;
    bool swept = true;
    unsigned unswept_count = 0;
    for (int i = 0; i < 4 * MIB; i++) {
        heap_new(&NODE);
        if (heap->begin_count != begun_count) {
            CHECK(swept);
            begun_count = heap->begin_count;
        }
        swept = is_swept();
        unswept_count += !swept;
    }
    CHECK(unswept_count > 1024);
    CHECK(heap->begin_count >= begun_at_first + 3);
    root_node = NULL;
    thin_root = NULL;
}

TEST(the_heap_is_swept_before_the_next_collection_begins)
{
    run_with((struct runtime_config){.procs = 1}, sweep_in_time);
    run_with((struct runtime_config){.procs = 1, .gc_percent = 30}, sweep_in_time);
}

// As when a marker has seen an object's bit, and a cache gives the object back before it is marked.
static void mark_free_object(void *arg)
{
    (void)arg;
    heap_root_add(&root_node, sizeof root_node);
    build_list(1);
    heap_collect();
    struct span *const span = page_heap_lookup(&heap_instance.page_heap, root_node);
    CHECK_EQUAL(span_allocated_count(span), 1);
    span->bits[span_word_count(span) - 1].marked |= 1ull << 63;
    heap_collect();
    CHECK_EQUAL(span_allocated_count(span), 1);
    root_node = NULL;
}

TEST(a_mark_makes_no_object_of_free_memory)
{
    run_with((struct runtime_config){.procs = 1}, mark_free_object);
}

static void look_at_freed(void *arg)
{
    (void)arg;
    enum { COUNT = 100, BYTES = 512 };
    static uintptr_t hidden[COUNT];
    for (int i = 0; i < COUNT; i++) {
        make_hidden(&hidden[i], BYTES);
    }
    CHECK(live_is_about(0, BYTES));
    int poisoned_count = 0;
    for (int i = 0; i < COUNT; i++) {
        CHECK(heap_contains((void *)~hidden[i]));
        poisoned_count += all_bytes_are((void *)~hidden[i], 0xdb, BYTES);
    }
    CHECK(poisoned_count >= COUNT - STALE_COUNT);
    CHECK(!heap_contains(hidden));
    for (int i = 0; i < COUNT; i++) {
        CHECK(all_bytes_are(heap_new_bytes(BYTES), 0, BYTES));
    }
}

TEST(freed_objects_are_poisoned_under_stress)
{
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, look_at_freed);
}
