// Barrier torture: while collections run, players move objects whose only reference is the one that
// they move (tests/hiding.h), in every order and through every place that can hold a pointer.
//
// The slots hang on a long list at different depths, so that a mark scans some early and some late,
// and lasts long enough for thousands of moves. Each kind of move has a test of its own, so that a
// failure names the hole.
//
// How often a move comes at a bad time for the collector depends on the machine's pace. So a game
// does not last for so many moves, but until so many have.
#include "tests/heap_support.h"
#include "tests/hiding.h"

#include <stdatomic.h>

#ifdef __SANITIZE_THREAD__
enum { BALLAST_COUNT = 4000, COLLECTION_COUNT = 5 };
#else
enum { BALLAST_COUNT = 60000, COLLECTION_COUNT = 20 };
#endif

enum {
    ALL_MOVES = (1 << HIDING_MOVE_COUNT) - 1,
    MOVES_TO_SLOTS = 1 << TO_SLOT | 1 << TO_SLOT_LATE | 1 << SWAP | 1 << TO_NEW_OBJECT,
    UNMARKED_COUNT = 10,
};

static struct {
    uint32_t moves; // that are allowed, a bit each
    uint32_t collection_count;
    uint32_t ballast_count;
    bool is_stopped; // the world, by every collection from its beginning to its end
    struct node *ballast;
    struct channel *done;
    _Atomic(bool) ended;
} game;

static void play(void *arg)
{
    struct hiding_hands hands = {.player = (unsigned)(uintptr_t)arg};
    rng_init(&hands.rng, game.moves << 8 | hands.player);
    while (!atomic_load(&game.ended)) {
        enum hiding_move move;
        do {
            move = rng_below(&hands.rng, HIDING_MOVE_COUNT);
        } while (!(game.moves >> move & 1));
        hiding_make_move(&hands, move);
        if (rng_below(&hands.rng, 16) == 0) {
            coroutine_yield();
        }
    }
    hiding_come_home(&hands);
    channel_send(game.done, NULL);
}

// The list is built from its end: the first nodes made are the last ones marked.
static void build(void *arg)
{
    (void)arg;
    enum { HOLDERS = HIDING_PLAYER_COUNT * HIDING_HOLDER_COUNT };
    hiding_begin();
    const uint32_t distance = game.ballast_count / HOLDERS;
    uint32_t made_count = 0;
    for (uint32_t i = 0; i < game.ballast_count; i++) {
        struct node *const node = heap_new(&NODE);
        node->value = i;
        heap_store(&node->next, game.ballast);
        heap_store(&game.ballast, node);
        if (i % distance == distance / 2 && made_count < HOLDERS) {
            // Every player gets its holders at other depths, of other kinds.
            const unsigned player = made_count % HIDING_PLAYER_COUNT;
            const unsigned holder =
                (made_count / HIDING_PLAYER_COUNT + player) % HIDING_HOLDER_COUNT;
            heap_store(&node->other, hiding_make_holder(player, holder));
            made_count++;
        }
    }
    CHECK_EQUAL(made_count, HOLDERS);
    for (unsigned i = 0; i < HIDING_PLAYER_COUNT; i++) {
        hiding_fill(i);
    }
    channel_send(game.done, NULL);
}

// Every hiding place has been one when a collection began, and the barrier was needed; or all is
// lost.
static bool has_seen_enough(void)
{
    if (hiding_lost_count() > 0) {
        return true;
    }
    const uint32_t moves = game.moves & ~(uint32_t)MOVES_TO_SLOTS;
    for (unsigned i = 0; i < HIDING_MOVE_COUNT; i++) {
        if ((moves >> i & 1) && hiding_begun_count(i) == 0) {
            return false;
        }
    }
    return game.is_stopped || hiding_unmarked_count() >= UNMARKED_COUNT;
}

static void run_game(void *arg)
{
    (void)arg;
    game.ballast = NULL;
    heap_root_add(&game, sizeof game);
    game.done = channel_new(0, 0);
    atomic_store(&game.ended, false);
    CHECK_EQUAL(coroutine_spawn(build, NULL), 0);
    channel_receive(game.done, NULL);
    for (uintptr_t i = 0; i < HIDING_PLAYER_COUNT; i++) {
        CHECK_EQUAL(coroutine_spawn(play, (void *)i), 0);
    }
    for (uint32_t i = 0; i < game.collection_count || !has_seen_enough(); i++) {
        // Collections that the program asks for, and such as its allocations cause: they may be
        // spread over many of them.
        const uint64_t gc_count = stats_now().gc_count;
        if (i % 2) {
            heap_collect();
        }
        do {
            coroutine_yield();
        } while (stats_now().gc_count == gc_count);
    }
    atomic_store(&game.ended, true);
    for (unsigned i = 0; i < HIDING_PLAYER_COUNT; i++) {
        channel_receive(game.done, NULL);
    }
    heap_collect();
    uint32_t ballast_count = 0;
    for (const struct node *node = game.ballast; node; node = node->next) {
        ballast_count++;
        CHECK(node->value == game.ballast_count - ballast_count);
    }
    CHECK_EQUAL(ballast_count, game.ballast_count);
    for (unsigned i = 0; i < HIDING_PLAYER_COUNT; i++) {
        CHECK_EQUAL(hiding_count(i), HIDING_VICTIM_COUNT);
    }
    CHECK_EQUAL(hiding_lost_count(), 0);
    CHECK(stats_now().gc_count >= game.collection_count);
}

static void play_with(struct runtime_config config, uint32_t moves)
{
    game.moves = moves;
    game.collection_count = COLLECTION_COUNT * test_length();
    game.ballast_count = BALLAST_COUNT;
    run_with(config, run_game);
}

// On one processor the collector and the players take turns; on two they run at once. Each is in
// one way of marking for some moves, and in another for others.
static void play_moves(uint32_t moves)
{
    const unsigned way = (unsigned)__builtin_ctz(moves);
    mark_in_way(way);
    play_with((struct runtime_config){.procs = 1}, moves);
    mark_in_way(way + 1);
    play_with((struct runtime_config){.procs = 2}, moves);
}

static void play_all_moves(void)
{
    play_with((struct runtime_config){.procs = 1}, ALL_MOVES);
    play_with((struct runtime_config){.procs = 2}, ALL_MOVES);
}

#define HIDE(name, moves)                                                                          \
    TEST(name)                                                                                     \
    {                                                                                              \
        play_moves(moves);                                                                         \
    }

HIDE(pointers_stored_then_cleared, 1 << TO_SLOT)
HIDE(pointers_cleared_then_stored, 1 << TO_SLOT_LATE)
HIDE(pointers_swapped, 1 << SWAP)
HIDE(last_references_in_a_frame, 1 << TO_FRAME)
HIDE(last_references_at_the_end_of_a_recursion, 1 << TO_DEEP_FRAME | 1 << SWAP)
HIDE(last_references_on_the_system_stack, 1 << TO_SYSTEM_STACK)
HIDE(last_references_in_a_buffer, 1 << TO_BUFFER)
HIDE(last_references_in_an_argument, 1 << TO_ARGUMENT)
HIDE(last_references_with_a_blocked_sender, 1 << TO_SENDER)
HIDE(last_references_with_a_blocked_select, 1 << TO_SELECT)
HIDE(last_references_put_into_a_parked_frame, 1 << TO_RECEIVER)
HIDE(last_references_in_a_new_object, 1 << TO_NEW_OBJECT)
HIDE(last_references_in_a_root, 1 << TO_ROOT)
HIDE(last_references_in_a_root_stored_plainly, 1 << TO_ROOT_PLAIN)

TEST(all_moves_mixed)
{
    each_way_of_marking(play_all_moves);
}

TEST(all_moves_on_small_stacks)
{
    game.moves = ALL_MOVES;
    game.collection_count = COLLECTION_COUNT * test_length();
    game.ballast_count = BALLAST_COUNT;
    const struct runtime_config config = {.procs = 2};
    CHECK_EQUAL(runtime_run(&config, run_game, NULL), 0);
}

TEST(all_moves_when_marks_are_checked)
{
    play_with((struct runtime_config){.procs = 1, .stress = STRESS_CHECK_MARK}, ALL_MOVES);
    play_with((struct runtime_config){.procs = 2, .stress = STRESS_CHECK_MARK}, ALL_MOVES);
}

// A collection at every allocation, with the world stopped as marks are checked: it is about the
// hiding places, not the barrier. The ballast is short, or building it would take for ever.
static void play_stressed(unsigned procs, unsigned stress)
{
    game.moves = ALL_MOVES;
    game.collection_count = 60 * test_length();
    game.ballast_count = 60;
    game.is_stopped = true;
    run_with((struct runtime_config){.procs = procs, .stress = stress}, run_game);
    game.is_stopped = false;
}

TEST(all_moves_when_every_allocation_collects)
{
    const unsigned stress = STRESS_GC_ALLOC | STRESS_CHECK_MARK;
    for (unsigned procs = 1; procs <= 2; procs++) {
        play_stressed(procs, stress);
        play_stressed(procs, stress | STRESS_STACK_MOVE);
    }
}

// An element that lies in memory which is nobody's root, while its sender is blocked. Before that
// and after, nothing but the sender's own frame may refer to it: on one proc these moments are
// known.
static struct node *parcels[2];
static struct channel *parcel_channel;
static struct channel *parcel_done;
static _Atomic(int) parcels_ready;
enum { PARCEL_VALUE = 1234567 };

NOINLINE static void pack(int i)
{
    parcels[i] = heap_new(&NODE);
    parcels[i]->value = PARCEL_VALUE + (uint64_t)i;
}

static void send_parcel(void *arg)
{
    (void)arg;
    pack(0);
    wipe_stack();
    atomic_fetch_add(&parcels_ready, 1);
    channel_send(parcel_channel, &parcels[0]);
}

static void select_parcel(void *arg)
{
    (void)arg;
    pack(1);
    wipe_stack();
    struct channel_case cases[] = {
        {.channel = parcel_done, .operation = CHANNEL_RECEIVE},
        {.channel = parcel_channel, .operation = CHANNEL_SEND, .element = &parcels[1]},
    };
    atomic_fetch_add(&parcels_ready, 1);
    channel_select(cases, 2, true);
}

static void hold_parcels(void *arg)
{
    (void)arg;
    heap_root_add(&parcel_channel, sizeof parcel_channel);
    heap_root_add(&parcel_done, sizeof parcel_done);
    parcel_channel = channel_new(sizeof(struct node *), 0);
    parcel_done = channel_new(0, 0);
    atomic_store(&parcels_ready, 0);
    CHECK_EQUAL(coroutine_spawn(send_parcel, NULL), 0);
    CHECK_EQUAL(coroutine_spawn(select_parcel, NULL), 0);
    while (atomic_load(&parcels_ready) < 2) {
        coroutine_yield();
    }
    // Both have had their turn since, and are blocked.
    coroutine_yield();
    coroutine_yield();
    for (int i = 0; i < 3; i++) {
        heap_collect();
        for (int k = 0; k < 1000; k++) {
            ((struct node *)heap_new(&NODE))->value = 1;
        }
    }
    uint64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        struct node *parcel = NULL;
        channel_receive(parcel_channel, &parcel);
        sum += parcel->value;
    }
    CHECK_EQUAL(sum, 2 * PARCEL_VALUE + 1);
}

TEST(a_blocked_senders_element_is_a_root_wherever_it_lies)
{
    run_with((struct runtime_config){.procs = 1}, hold_parcels);
    run_with((struct runtime_config){.procs = 1, .stress = STRESS_CHECK_MARK}, hold_parcels);
}
