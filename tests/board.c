// The players' own checks are half of what finds a lost victim; its memory must have been given to
// somebody else by then, hence the junk of the victims' sizes.
#include "tests/board.h"

#include "runtime/barrier.h"
#include "runtime/heap_internal.h"
#include "tests/heap_support.h"

#include <stdatomic.h>
#include <string.h>

enum {
    LARGE_BYTES = 40 * KIB,
    LARGE_STRIDE = 900, // words between the slots of the holder that is a large object
    SLOTS_EACH = BOARD_SLOT_COUNT / BOARD_HOLDER_COUNT,
};

static _Atomic(uint64_t) lost_count;
static _Atomic(uint64_t) unmarked_count;

static const uint64_t WORD_MAP[] = {1};
static const struct heap_type WORD = {"pointer", 8, WORD_MAP};

static uint64_t canary(uint64_t id)
{
    return id * 0x9e3779b97f4a7c15u | 1ull << 63;
}

static bool is_large(uint64_t id)
{
    return id % 16 == 3;
}

size_t board_offset(uint64_t id)
{
    return id % 2 ? (is_large(id) ? LARGE_BYTES - 1 : 17) : 0;
}

void board_check(const char *pointer, uint64_t id)
{
    const struct node *const victim = (const struct node *)(pointer - board_offset(id));
    if (!pointer || victim->value != canary(id) || victim->hidden != id) {
        atomic_fetch_add(&lost_count, 1);
    }
}

NOINLINE char *board_make_victim(uint64_t id)
{
    struct node *const victim = is_large(id) ? heap_new_bytes(LARGE_BYTES) : heap_new(&NODE);
    victim->value = canary(id);
    victim->hidden = id;
    return (char *)victim + board_offset(id);
}

NOINLINE void board_spoil(struct rng *rng)
{
    struct node *const junk = heap_new(&NODE);
    junk->value = ~0ull;
    junk->hidden = ~0ull;
    if (rng_below(rng, 64) == 0) {
        memset(heap_new_bytes(LARGE_BYTES), 0xff, 64);
    }
}

// ---- slots ------------------------------------------------------------------------------------

static void *slot_address(const struct board *board, uint32_t slot)
{
    // The second holder is a large object, and its slots lie far apart.
    const uint32_t holder = slot % BOARD_HOLDER_COUNT;
    const uint32_t stride = holder == 1 ? LARGE_STRIDE : 1;
    return (void **)~board->holders[holder] + slot / BOARD_HOLDER_COUNT * stride;
}

static char *read_slot(const struct board *board, uint32_t slot)
{
    char *const content = *(char *const *)slot_address(board, slot);
    return board->wrapped[slot] ? (char *)((struct node *)content)->next : content;
}

uint32_t board_find(struct board *board, struct rng *rng, bool empty)
{
    const uint32_t from = rng_below(rng, BOARD_SLOT_COUNT);
    for (uint32_t i = 0; i < BOARD_SLOT_COUNT; i++) {
        const uint32_t slot = (from + i) % BOARD_SLOT_COUNT;
        if ((board->at[slot] == BOARD_NOBODY) == empty) {
            return slot;
        }
    }
    return BOARD_SLOT_COUNT;
}

static bool is_unmarked(const char *pointer)
{
    const struct span *const span = page_heap_lookup(&heap_instance.page_heap, pointer);
    return span && !span_is_marked(span, span_object_index(span, pointer));
}

static void overwrite(const struct board *board, uint32_t slot, const char *value)
{
    void *const address = slot_address(board, slot);
    if (barrier_is_on && is_unmarked(*(char *const *)address)) {
        atomic_fetch_add(&unmarked_count, 1);
    }
    heap_store(address, value);
}

void board_clear(struct board *board, uint32_t slot)
{
    overwrite(board, slot, NULL);
    board->at[slot] = BOARD_NOBODY;
    board->wrapped[slot] = false;
}

void board_fill(struct board *board, uint32_t slot, struct board_victim victim)
{
    overwrite(board, slot, victim.pointer);
    board->at[slot] = (uint32_t)victim.id;
}

struct board_victim board_look(const struct board *board, uint32_t slot)
{
    const struct board_victim victim = {read_slot(board, slot), board->at[slot]};
    board_check(victim.pointer, victim.id);
    return victim;
}

// The only reference is the caller's then. There is always one in a slot: other places have room
// for fewer.
struct board_victim board_take(struct board *board, struct rng *rng)
{
    const uint32_t slot = board_find(board, rng, false);
    const struct board_victim victim = board_look(board, slot);
    board_clear(board, slot);
    return victim;
}

void board_put(struct board *board, struct rng *rng, struct board_victim victim)
{
    board_check(victim.pointer, victim.id);
    board_fill(board, board_find(board, rng, true), victim);
}

void *board_make_holder(struct board *board, unsigned holder)
{
    static const uint64_t all_map[] = {(1ull << SLOTS_EACH) - 1};
    static const struct heap_type all = {"all pointers", SLOTS_EACH * 8, all_map};
    void *made;
    switch (holder) {
    case 0:
        made = heap_new(&all);
        break;
    case 1:
        made = heap_new_array(&WORD, SLOTS_EACH * LARGE_STRIDE);
        break;
    case 2:
        made = heap_new_conservative(SLOTS_EACH * 8);
        break;
    default:
        made = heap_new_array(&WORD, SLOTS_EACH);
    }
    board->holders[holder] = ~(uintptr_t)made;
    return made;
}

uint64_t board_lost_count(void)
{
    return atomic_load(&lost_count);
}

uint64_t board_unmarked_count(void)
{
    return atomic_load(&unmarked_count);
}

void board_counts_reset(void)
{
    atomic_store(&lost_count, 0);
    atomic_store(&unmarked_count, 0);
}
