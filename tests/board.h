// A board: slots in heap objects, and the victims that they point to, for hiding.c.
//
// A victim is an object that one place refers to at any time. It knows its id, and holds a hash of
// it; every second one is pointed to at its middle, some are large objects.
#ifndef TESTS_BOARD_H
#define TESTS_BOARD_H

#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOARD_HOLDER_COUNT = 4,
    BOARD_SLOT_COUNT = 160,
    BOARD_NOBODY = 0, // no victim has this id
};

// A reference to a victim; as an element of a channel too.
struct board_victim {
    char *pointer;
    uint64_t id;
};

struct board {
    // The complements of their addresses: this struct must not keep anything alive.
    uintptr_t holders[BOARD_HOLDER_COUNT];
    uint32_t at[BOARD_SLOT_COUNT];  // the victim that each slot refers to, or nobody
    bool wrapped[BOARD_SLOT_COUNT]; // through a node between them
};

// The holders are of different kinds: 0 typed, 1 a large array whose slots lie far apart, 2
// conservative, 3 an array. Returns it for the caller to keep it alive.
void *board_make_holder(struct board *board, unsigned holder);

char *board_make_victim(uint64_t id);

// From the victim's first byte to where pointers to it point.
size_t board_offset(uint64_t id);

// Checks a victim. The counts are since board_counts_reset(): of checks that failed, ...
void board_check(const char *pointer, uint64_t id);
uint64_t board_lost_count(void);
// ... and of pointers in slots that were overwritten while a marking was under way that had not
// found yet what they point to: it is the write barrier that has to see to these.
uint64_t board_unmarked_count(void);
void board_counts_reset(void);

// Allocates junk, which takes the memory of whoever was freed by mistake.
void board_spoil(struct rng *rng);

// A random slot that is empty, or that is not; BOARD_SLOT_COUNT when there is none.
uint32_t board_find(struct board *board, struct rng *rng, bool empty);

void board_clear(struct board *board, uint32_t slot);
void board_fill(struct board *board, uint32_t slot, struct board_victim victim);

// The victim in a slot, checked.
struct board_victim board_look(const struct board *board, uint32_t slot);

// Out of a random slot, and into one.
struct board_victim board_take(struct board *board, struct rng *rng);
void board_put(struct board *board, struct rng *rng, struct board_victim victim);

#endif
