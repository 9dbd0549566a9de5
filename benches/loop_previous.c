// Objects made in a loop, each of which is in use until the next turn has made its own: two are
// alive at a time, so that one slot of the frame is not enough for the loop.
#include "harness/workload.h"

struct state {
    uint64_t values[4];
};
OBJECT_TYPE(state, NO_POINTERS);

static NOINLINE void advance(struct state *next, const struct state *previous, uint64_t step)
{
    for (unsigned i = 0; i < 4; i++) {
        next->values[i] = previous->values[(i + 1) % 4] * 3 + step;
    }
}

WORKLOAD(loop_previous,
         .question = "What does an object cost that outlives the turn of the loop that made it?",
         .operation = "make a state from the last one, drop the last one", .unit = "turns",
         .parameters = {8})
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_ARRAY(state, slots, 2);
        const struct state begin = {{run->seed, op, 1, 2}};
        struct state *previous = NULL;
        for (uint64_t turn = 0; turn < run->parameter; turn++) {
            struct state *const state = OBTAIN_AT(state, slots, turn % 2);
            advance(state, previous ? previous : &begin, turn);
            DROP(previous);
            previous = state;
        }
        checksum += previous->values[op % 4];
        DROP(previous);
    }
    return checksum;
}
