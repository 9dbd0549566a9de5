// Victims: objects that are referenced from exactly one place at any time, and moved from hiding
// place to hiding place while the collector looks for them. For test_barrier.c.
//
// A player has victims of its own and checks one whenever it touches it. It also allocates junk,
// which takes the memory of one that was freed.
#ifndef TESTS_HIDING_H
#define TESTS_HIDING_H

#include "base/rng.h"
#include "runtime/runtime.h"

#include <stdbool.h>
#include <stdint.h>

// Where a victim may go.
enum hiding_move {
    TO_SLOT,         // of an object; store, then clear
    TO_SLOT_LATE,    // clear, then store
    SWAP,            // two slots
    TO_FRAME,        // of the player, for a long time
    TO_DEEP_FRAME,   // at the end of a recursion
    TO_SYSTEM_STACK, // while that allocates
    TO_BUFFER,       // of a channel
    TO_ARGUMENT,     // of a new coroutine
    TO_SENDER,       // one that blocks in channel_send()
    TO_SELECT,       // the same in channel_select()
    TO_RECEIVER,     // one that is parked in channel_receive(), so straight into its frame
    TO_NEW_OBJECT,   // an object made while the collector runs stands between slot and victim
    TO_ROOT,
    TO_ROOT_PLAIN, // without heap_store(), which only heap objects need
    HIDING_MOVE_COUNT,
};

enum {
    HIDING_PLAYER_COUNT = 3,
    HIDING_HOLDER_COUNT = 5, // objects with slots, of a player, and a channel with a buffer
};

// The part of a player that lies on its own stack.
enum { HIDING_HELD_COUNT = 6 };
struct hiding_hands {
    unsigned player;
    struct rng rng;
    char *held[HIDING_HELD_COUNT];
    uint32_t held_ids[HIDING_HELD_COUNT];
};

// Makes channels and registers roots. In a run, once.
void hiding_begin(void);

// Makes a holder of the player, and remembers it in a way that does not keep it alive: the caller
// attaches it where the collector comes early, or late.
void *hiding_make_holder(unsigned player, unsigned holder);

// Fills the holders with victims. All holders are attached.
void hiding_fill(unsigned player);

void hiding_make_move(struct hiding_hands *hands, enum hiding_move move);

// Brings all victims back into slots, unless some are lost.
void hiding_come_home(struct hiding_hands *hands);

// Checks all slots; returns how many victims are there. Nobody plays.
uint32_t hiding_count(unsigned player);
enum { HIDING_VICTIM_COUNT = 48 };

// Since hiding_begin(): checks of victims that failed, ...
uint64_t hiding_lost_count(void);
// ... and what the collector was put to. Victims that were where a move of this kind leads to (0 if
// that is a slot) when a collection began, which had to find them there.
uint64_t hiding_begun_count(enum hiding_move move);
// Pointers in slots that were overwritten while a marking was under way that had not found yet what
// they point to.
uint64_t hiding_unmarked_count(void);

#endif
