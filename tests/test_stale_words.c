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
