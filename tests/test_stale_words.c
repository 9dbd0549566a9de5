// What the runtime itself leaves on stacks keeps no object alive: neither below the frames of the
// program's functions, which later ones take in without writing every word, nor on the system
// stack.
//
// One word is enough to matter: where it holds an element that a queue has dropped, and elements
// point to the next, everything that ever was in the queue afterwards stays alive.
#include "tests/heap_support.h"

enum { VICTIM_BYTES = MIB, BELOW_BYTES = 2 * KIB };

// Complemented: it holds nothing.
static uintptr_t hidden;

NOINLINE static void make_victim(void *arg)
{
    (void)arg;
    hidden = ~(uintptr_t)heap_new_bytes(VICTIM_BYTES);
}

// More of it than any call of the runtime's takes.
static void fill_system_stack(void *arg)
{
    (void)arg;
    volatile uintptr_t words[64 * KIB / sizeof(uintptr_t)];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        words[i] = ~hidden;
    }
}

static void collect_with_full_system_stack(void *arg)
{
    (void)arg;
    make_victim(NULL);
    wipe_stack();
    coroutine_on_system_stack(fill_system_stack, NULL);
    wipe_stack();
    CHECK(collect_and_count() < VICTIM_BYTES);
}

// The same by an allocation that begins a collection: its frames are others.
static void allocate_with_full_system_stack(void *arg)
{
    (void)arg;
    make_victim(NULL);
    const uint64_t gc_count = stats_now().gc_count;
    while (stats_now().gc_count == gc_count) {
        wipe_stack();
        coroutine_on_system_stack(fill_system_stack, NULL);
        heap_new_bytes(64);
    }
    CHECK(stats_now().heap_live_bytes < VICTIM_BYTES);
}

TEST(the_system_stack_holds_nothing_of_earlier_calls)
{
    run(collect_with_full_system_stack);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, collect_with_full_system_stack);
    run_with((struct runtime_config){.procs = 1}, allocate_with_full_system_stack);
}

static void hold_on_system_stack(void *arg)
{
    (void)arg;
    void *volatile object = heap_new_bytes(VICTIM_BYTES);
    CHECK(collect_and_count() >= VICTIM_BYTES);
    // A second call from there does not end what the first one is.
    coroutine_on_system_stack(fill_system_stack, NULL);
    CHECK(collect_and_count() >= VICTIM_BYTES);
    (void)object;
}

static void call_holder(void *arg)
{
    (void)arg;
    coroutine_on_system_stack(hold_on_system_stack, NULL);
}

TEST(what_the_program_has_on_the_system_stack_is_a_root)
{
    run(call_holder);
    run_with((struct runtime_config){.stress = STRESS_CHECK_MARK}, call_holder);
}

#ifndef __SANITIZE_THREAD__ // whose own frames on that stack have addresses in them

// Marking has addresses of objects in its frames. Functions of the program's that run on the system
// stack afterwards take these frames' memory into their own, which are roots.
enum { LINK_BYTES = KIB, LINK_COUNT = 2000 };
static const uint64_t LINK_MAP[LINK_BYTES / 8 / 64] = {1};
static const struct heap_type LINK = {"link", LINK_BYTES, LINK_MAP};
static const uint64_t WORD_MAP[] = {1};
static const struct heap_type WORD = {"pointer", 8, WORD_MAP};
static void **links;

// Each is found from the table, and leads to all before it.
NOINLINE static void make_links(void)
{
    links = heap_new_array(&WORD, LINK_COUNT);
    void *previous = NULL;
    for (size_t i = 0; i < LINK_COUNT; i++) {
        void **const link = heap_new(&LINK);
        heap_store(link, previous);
        heap_store(&links[i], link);
        previous = link;
    }
}

NOINLINE static void collect_below_hole(void)
{
    char hole[16 * KIB]; // not written
    __asm__ volatile("" : : "r"(hole) : "memory");
    CHECK(collect_and_count() < LINK_COUNT * (uint64_t)LINK_BYTES / 10);
    __asm__ volatile("" : : "r"(hole) : "memory");
}

static void mark_and_be_gone(void *arg)
{
    (void)arg;
    make_links();
    wipe_stack();
    heap_collect();
    CHECK(stats_now().heap_live_bytes > LINK_COUNT * (uint64_t)LINK_BYTES);
    links = NULL;
    collect_below_hole();
}

static void call_marking_guest(void *arg)
{
    (void)arg;
    heap_root_add(&links, sizeof links);
    coroutine_on_system_stack(mark_and_be_gone, NULL);
}

TEST(what_marking_leaves_on_the_system_stack_is_no_root_of_those_who_run_there)
{
    run_with((struct runtime_config){.procs = 1}, call_marking_guest);
}

#endif

#ifdef ASSERT_OFF // other builds are not optimised: their frames hold every variable

// Looks at what calls have left below this frame.
NOINLINE static uint64_t count_below(void)
{
    const volatile uintptr_t *const frame = __builtin_frame_address(0);
    uint64_t count = 0;
    for (size_t i = 1; i <= BELOW_BYTES / sizeof *frame; i++) {
        count += frame[-(ptrdiff_t)i] == ~hidden;
    }
    return count;
}

NOINLINE static void make(size_t size_bytes)
{
    hidden = ~(uintptr_t)heap_new_bytes(size_bytes);
}

NOINLINE static void make_node(void)
{
    hidden = ~(uintptr_t)heap_new(&NODE);
}

NOINLINE static void make_nodes(void)
{
    hidden = ~(uintptr_t)heap_new_array(&NODE, 3);
}

// Every allocation takes the slow path.
static void look_below(void *arg)
{
    (void)arg;
    static const size_t sizes[] = {8, 64, 4 * KIB, 100 * KIB};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        wipe_stack();
        make(sizes[i]);
        CHECK_EQUAL(count_below(), 0);
    }
    wipe_stack();
    make_node();
    CHECK_EQUAL(count_below(), 0);
    wipe_stack();
    make_nodes();
    CHECK_EQUAL(count_below(), 0);
}

TEST(an_allocation_leaves_no_word_with_the_object)
{
    run_with((struct runtime_config){.procs = 1, .stress = STRESS_GC_ALLOC}, look_below);
}

#endif
