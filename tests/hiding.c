// The order of store and clear, and where else the victim is meanwhile, is what each move is about:
// a collector whose barrier or whose roots have a hole frees a victim that is merely hiding.
#include "tests/hiding.h"

#include "runtime/heap_internal.h"
#include "tests/board.h"
#include "tests/heap_support.h"

#include <stdatomic.h>
#include <string.h>

enum {
    BUFFER_COUNT = 8,
    BASKET_COUNT = 2,
    AWAY_COUNT_MAX = 6, // victims with other coroutines
    PARKED_COUNT = 2,   // coroutines that wait for one
};
_Static_assert(2 * (HIDING_HELD_COUNT + BUFFER_COUNT / 2 + AWAY_COUNT_MAX) < HIDING_VICTIM_COUNT,
               "most victims are in slots, so that there is always one to take");

struct player {
    struct board board;
    uint32_t root_ids[HIDING_HELD_COUNT];
    uint32_t buffered_count;
    uint32_t away_count; // with coroutines that bring them to `meeting` or `basket`
    uint32_t parked_count;
    uintptr_t buffer;        // a channel, complemented: it hangs where the holders do
    struct channel *meeting; // rendezvous: blocked senders
    struct channel *basket;  // what other coroutines give back
    struct channel *hand;    // rendezvous: parked receivers
};

static struct player players[HIDING_PLAYER_COUNT];
static char *roots[HIDING_PLAYER_COUNT][HIDING_HELD_COUNT];
static struct channel *quiet; // nothing is ever sent
static _Atomic(uint64_t) begun_counts[HIDING_MOVE_COUNT];

// Where a victim is that is in no slot; `move` is HIDING_MOVE_COUNT when it is in one. Who holds
// the victim holds this too.
static struct hideout {
    enum hiding_move move;
    uint64_t begin_count; // of collections when it came there
} hideouts[HIDING_PLAYER_COUNT * HIDING_VICTIM_COUNT];

// The number of a victim that was lost may be any.
static struct hideout *hideout_of(struct board_victim victim)
{
    return &hideouts[(victim.id - 1) % (HIDING_PLAYER_COUNT * HIDING_VICTIM_COUNT)];
}

static void hide(struct board_victim victim, enum hiding_move move)
{
    *hideout_of(victim) = (struct hideout){move, heap_instance.begin_count};
}

static void meet(struct board_victim victim)
{
    struct hideout *const hideout = hideout_of(victim);
    if (hideout->move != HIDING_MOVE_COUNT && hideout->begin_count != heap_instance.begin_count) {
        atomic_fetch_add(&begun_counts[hideout->move], 1);
    }
    hideout->move = HIDING_MOVE_COUNT;
}

// Out of a slot.
static struct board_victim take(struct player *player, struct rng *rng, enum hiding_move move)
{
    const struct board_victim victim = board_take(&player->board, rng);
    hide(victim, move);
    return victim;
}

// Back into one.
static void put(struct player *player, struct rng *rng, struct board_victim victim)
{
    meet(victim);
    board_put(&player->board, rng, victim);
}

// ---- other coroutines ---------------------------------------------------------------------------

// The argument points to the beginning of the victim, where its id is.
static struct board_victim victim_of(char *argument)
{
    const uint64_t id = ((const struct node *)argument)->hidden;
    return (struct board_victim){argument + board_offset(id), id};
}

static void give_back(struct player *player, struct board_victim victim)
{
    board_check(victim.pointer, victim.id);
    meet(victim);
    channel_send(player->basket, &victim);
}

// The player's number is in the victim's id. A victim that was lost may have any.
static struct player *player_of(struct board_victim victim)
{
    return &players[(victim.id - 1) / HIDING_VICTIM_COUNT % HIDING_PLAYER_COUNT];
}

static void carry(void *arg)
{
    const struct board_victim victim = victim_of(arg);
    give_back(player_of(victim), victim);
}

static void block_in_send(void *arg)
{
    const struct board_victim victim = victim_of(arg);
    channel_send(player_of(victim)->meeting, &victim);
}

static void block_in_select(void *arg)
{
    struct board_victim victim = victim_of(arg);
    struct channel_case cases[] = {
        {.channel = quiet, .operation = CHANNEL_RECEIVE},
        {.channel = player_of(victim)->meeting, .operation = CHANNEL_SEND, .element = &victim},
    };
    channel_select(cases, 2, true);
}

static void wait_in_receive(void *arg)
{
    struct player *const player = arg;
    struct board_victim victim;
    if (channel_receive(player->hand, &victim)) {
        for (int i = 0; i < 3; i++) {
            coroutine_yield();
        }
        give_back(player, victim);
    }
}

static void send_away(struct player *player, struct rng *rng, enum hiding_move move,
                      void (*fn)(void *))
{
    if (player->away_count < AWAY_COUNT_MAX) {
        const struct board_victim victim = take(player, rng, move);
        player->away_count++;
        CHECK_EQUAL(coroutine_spawn(fn, victim.pointer - board_offset(victim.id)), 0);
    }
}

// Takes back what others have, if there is anything now.
static void take_back(struct player *player, struct rng *rng)
{
    struct board_victim victim;
    struct channel_case cases[] = {
        {.channel = player->basket, .operation = CHANNEL_RECEIVE, .element = &victim},
        {.channel = player->meeting, .operation = CHANNEL_RECEIVE, .element = &victim},
    };
    if (channel_select(cases, 2, false) >= 0) {
        player->away_count--;
        put(player, rng, victim);
    }
}

static void hand_over(struct player *player, struct rng *rng)
{
    if (player->parked_count < PARKED_COUNT) {
        player->parked_count++;
        CHECK_EQUAL(coroutine_spawn(wait_in_receive, player), 0);
    } else if (player->away_count < AWAY_COUNT_MAX) {
        struct board_victim victim = take(player, rng, TO_RECEIVER);
        channel_send(player->hand, &victim);
        player->parked_count--;
        player->away_count++;
    }
}

// ---- moves --------------------------------------------------------------------------------------

static void move_slot(struct player *player, struct rng *rng, bool clear_first)
{
    const uint32_t from = board_find(&player->board, rng, false);
    const uint32_t to = board_find(&player->board, rng, true);
    const struct board_victim victim = board_look(&player->board, from);
    if (clear_first) {
        board_clear(&player->board, from);
        board_fill(&player->board, to, victim);
    } else {
        board_fill(&player->board, to, victim);
        board_clear(&player->board, from);
    }
}

static void swap(struct player *player, struct rng *rng)
{
    const uint32_t a = board_find(&player->board, rng, false);
    const uint32_t b = board_find(&player->board, rng, false);
    if (a != b) {
        const struct board_victim from_a = board_look(&player->board, a);
        const struct board_victim from_b = board_look(&player->board, b);
        player->board.wrapped[a] = false;
        player->board.wrapped[b] = false;
        board_fill(&player->board, a, from_b);
        board_fill(&player->board, b, from_a);
    }
}

static void hold(struct player *player, struct hiding_hands *hands)
{
    const uint32_t i = rng_below(&hands->rng, HIDING_HELD_COUNT);
    const struct board_victim held = {hands->held[i], hands->held_ids[i]};
    if (held.id == BOARD_NOBODY) {
        const struct board_victim victim = take(player, &hands->rng, TO_FRAME);
        hands->held[i] = victim.pointer;
        hands->held_ids[i] = (uint32_t)victim.id;
    } else if (rng_below(&hands->rng, 8) == 0) {
        put(player, &hands->rng, held);
        hands->held[i] = NULL;
        hands->held_ids[i] = BOARD_NOBODY;
    } else {
        meet(held);
        hide(held, TO_FRAME);
    }
}

NOINLINE static void dive(struct player *player, struct rng *rng, uint32_t depth)
{
    if (depth > 0) {
        dive(player, rng, depth - 1);
        __asm__ volatile("" : : : "memory");
    } else {
        const struct board_victim victim = take(player, rng, TO_DEEP_FRAME);
        for (int i = 0; i < 3; i++) {
            board_spoil(rng);
            coroutine_yield();
        }
        put(player, rng, victim);
    }
}

struct stay {
    struct player *player;
    struct rng *rng;
};

static void stay_on_system_stack(void *arg)
{
    const struct stay *const stay = arg;
    const struct board_victim victim = take(stay->player, stay->rng, TO_SYSTEM_STACK);
    for (int i = 0; i < 200; i++) {
        board_spoil(stay->rng);
    }
    put(stay->player, stay->rng, victim);
}

static struct channel *buffer_of(const struct player *player)
{
    return (struct channel *)~player->buffer;
}

static void use_buffer(struct player *player, struct rng *rng)
{
    if (player->buffered_count < BUFFER_COUNT && rng_below(rng, 2)) {
        struct board_victim victim = take(player, rng, TO_BUFFER);
        channel_send(buffer_of(player), &victim);
        player->buffered_count++;
    } else if (player->buffered_count > 0) {
        struct board_victim victim;
        channel_receive(buffer_of(player), &victim);
        player->buffered_count--;
        put(player, rng, victim);
    }
}

static void wrap(struct player *player, struct rng *rng)
{
    const uint32_t from = board_find(&player->board, rng, false);
    const struct board_victim victim = board_look(&player->board, from);
    struct node *const wrapper = heap_new(&NODE);
    heap_store(&wrapper->next, victim.pointer);
    board_clear(&player->board, from);
    const uint32_t to = board_find(&player->board, rng, true);
    board_fill(&player->board, to, (struct board_victim){(char *)wrapper, victim.id});
    player->board.wrapped[to] = true;
}

static void use_root(struct player *player, struct hiding_hands *hands, enum hiding_move move)
{
    const uint32_t i = rng_below(&hands->rng, HIDING_HELD_COUNT);
    char *volatile *const root = &roots[hands->player][i];
    struct board_victim from_root = {*root, player->root_ids[i]};
    struct board_victim to_root = {0};
    if (rng_below(&hands->rng, 2)) {
        to_root = take(player, &hands->rng, move);
    }
    if (move == TO_ROOT) {
        heap_store((void *)root, to_root.pointer);
    } else {
        *root = to_root.pointer;
    }
    player->root_ids[i] = (uint32_t)to_root.id;
    if (from_root.id != BOARD_NOBODY) {
        put(player, &hands->rng, from_root);
    }
}

void hiding_make_move(struct hiding_hands *hands, enum hiding_move move)
{
    struct player *const player = &players[hands->player];
    struct rng *const rng = &hands->rng;
    board_spoil(rng);
    take_back(player, rng);
    switch (move) {
    case TO_SLOT:
    case TO_SLOT_LATE:
        move_slot(player, rng, move == TO_SLOT_LATE);
        break;
    case SWAP:
        swap(player, rng);
        break;
    case TO_FRAME:
        hold(player, hands);
        break;
    case TO_DEEP_FRAME:
        dive(player, rng, rng_below(rng, 60));
        break;
    case TO_SYSTEM_STACK:
        coroutine_on_system_stack(stay_on_system_stack, &(struct stay){player, rng});
        break;
    case TO_BUFFER:
        use_buffer(player, rng);
        break;
    case TO_ARGUMENT:
        send_away(player, rng, move, carry);
        break;
    case TO_SENDER:
        send_away(player, rng, move, block_in_send);
        break;
    case TO_SELECT:
        send_away(player, rng, move, block_in_select);
        break;
    case TO_RECEIVER:
        hand_over(player, rng);
        break;
    case TO_NEW_OBJECT:
        wrap(player, rng);
        break;
    default:
        use_root(player, hands, move);
    }
}

// ---- the beginning and the end ------------------------------------------------------------------

void hiding_begin(void)
{
    memset(players, 0, sizeof players);
    memset(roots, 0, sizeof roots);
    board_counts_reset();
    for (unsigned i = 0; i < HIDING_MOVE_COUNT; i++) {
        atomic_store(&begun_counts[i], 0);
    }
    heap_root_add(players, sizeof players);
    heap_root_add(roots, sizeof roots);
    heap_root_add(&quiet, sizeof quiet);
    quiet = channel_new(0, 0);
    for (unsigned i = 0; i < HIDING_PLAYER_COUNT; i++) {
        players[i].meeting = channel_new(sizeof(struct board_victim), 0);
        players[i].basket = channel_new(sizeof(struct board_victim), BASKET_COUNT);
        players[i].hand = channel_new(sizeof(struct board_victim), 0);
    }
}

void *hiding_make_holder(unsigned player, unsigned holder)
{
    if (holder == BOARD_HOLDER_COUNT) {
        struct channel *const buffer = channel_new(sizeof(struct board_victim), BUFFER_COUNT);
        players[player].buffer = ~(uintptr_t)buffer;
        return buffer;
    }
    return board_make_holder(&players[player].board, holder);
}

void hiding_fill(unsigned player_index)
{
    struct player *const player = &players[player_index];
    for (uint32_t i = 0; i < HIDING_VICTIM_COUNT; i++) {
        const uint32_t id = player_index * HIDING_VICTIM_COUNT + i + 1;
        board_fill(&player->board, i * 3, (struct board_victim){board_make_victim(id), id});
    }
}

void hiding_come_home(struct hiding_hands *hands)
{
    struct player *const player = &players[hands->player];
    struct rng *const rng = &hands->rng;
    for (int i = 0; i < HIDING_HELD_COUNT; i++) {
        if (hands->held_ids[i] != BOARD_NOBODY) {
            put(player, rng, (struct board_victim){hands->held[i], hands->held_ids[i]});
        }
        if (player->root_ids[i] != BOARD_NOBODY) {
            put(player, rng, (struct board_victim){roots[hands->player][i], player->root_ids[i]});
        }
        player->root_ids[i] = BOARD_NOBODY;
    }
    for (struct board_victim victim; player->buffered_count > 0; player->buffered_count--) {
        channel_receive(buffer_of(player), &victim);
        put(player, rng, victim);
    }
    channel_close(player->hand);
    while (player->away_count > 0 && hiding_lost_count() == 0) {
        take_back(player, rng);
        coroutine_yield();
    }
}

uint32_t hiding_count(unsigned player_index)
{
    struct player *const player = &players[player_index];
    bool seen[HIDING_VICTIM_COUNT] = {false};
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < BOARD_SLOT_COUNT; slot++) {
        const uint32_t id = player->board.at[slot];
        if (id != BOARD_NOBODY) {
            board_look(&player->board, slot);
            bool *const seen_before = &seen[(id - 1) % HIDING_VICTIM_COUNT];
            count += !*seen_before;
            *seen_before = true;
        }
    }
    return count;
}

uint64_t hiding_lost_count(void)
{
    return board_lost_count();
}

uint64_t hiding_begun_count(enum hiding_move move)
{
    return atomic_load(&begun_counts[move]);
}

uint64_t hiding_unmarked_count(void)
{
    return board_unmarked_count();
}
