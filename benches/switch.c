// Two coroutines take turns. Each makes an object that has to survive the other's turn: in its
// frame, which stays where it is while the coroutine does not run, or on the heap.
#include "harness/workload.h"

struct turn {
    uint64_t value;
    uint64_t rest[7];
};
OBJECT_TYPE(turn, NO_POINTERS);

static NOINLINE uint64_t take_turns(uint64_t turn_count, uint64_t seed)
{
    uint64_t checksum = 0;
    for (uint64_t i = 0; i < turn_count; i++) {
        LOCAL(turn, turn);
        turn->value = seed + i;
        coroutine_yield();
        checksum += OPAQUE(turn)->value;
        DROP(turn);
    }
    return checksum;
}

// What the partner gets through the channel, and the same way back its checksum.
struct partner {
    uint64_t turn_count;
    uint64_t seed;
};

static void be_partner(void *channel)
{
    struct partner partner;
    channel_receive(channel, &partner);
    partner.seed = take_turns(partner.turn_count, partner.seed);
    channel_send(channel, &partner);
}

WORKLOAD(switch, .question = "Does what a coroutine keeps over its waits belong on its stack?",
         .operation = "make an object, let another coroutine do so, use and drop it",
         .by_strategy = true)
{
    struct channel *const channel = channel_new(sizeof(struct partner), 1);
    struct partner partner = {.turn_count = run->op_count, .seed = run->seed};
    channel_send(channel, &partner);
    coroutine_spawn(be_partner, channel);
    const uint64_t checksum = take_turns(run->op_count, run->seed);
    channel_receive(channel, &partner);
    return checksum + 3 * partner.seed;
}
