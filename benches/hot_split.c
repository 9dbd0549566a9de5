// A loop calls a small function from a certain depth of a small stack. A stack of linked segments
// has depths at which every call needs a new segment and every return gives it back: the hot split.
#include "harness/workload.h"

// The callee's frame is larger than the steps of the parameter, so that no split lies between two
// of them; and too large for a prologue that compares before it subtracts. The way down is finer.
enum { CALLEE_BYTES = 400, STEP_BYTES = 24 };

struct order {
    uint64_t depth_bytes;
    uint64_t op_count;
    uint64_t seed; // the checksum on the way back
};

static NOINLINE uint64_t callee(uint64_t value)
{
    SLOT_BYTES(slot, CALLEE_BYTES);
    uint64_t *words = OBTAIN_BYTES(slot, CALLEE_BYTES);
    words[0] = value;
    return *OPAQUE(words) * 3;
}

static NOINLINE uint64_t call_often(const struct order *order)
{
    // Each call waits for the one before: calls that overlap hide what one of them costs.
    uint64_t checksum = order->seed;
    forget_callers();
    const uint64_t op_count = order->op_count;
    for (uint64_t op = 0; op < op_count; op++) {
        checksum = callee(checksum + op);
    }
    return checksum;
}

// `top` is an address of this stack and moves with it.
static NOINLINE uint64_t descend(const char *top, const struct order *order)
{
    SLOT_BYTES(step, STEP_BYTES);
    const char *const here = OPAQUE((char *)step);
    const uint64_t checksum =
        top - here < (ptrdiff_t)order->depth_bytes ? descend(top, order) : call_often(order);
    return checksum + (*OPAQUE(&here) == here + 1); // after the call: not a jump
}

static void loop_at_depth(void *channel)
{
    struct order order;
    channel_receive(channel, &order);
    order.seed = descend((const char *)&order, &order);
    channel_send(channel, &order);
}

WORKLOAD(hot_split, .question = "What does a call cost at which depth of a small stack?",
         .operation = "call a function with a frame of 400 bytes", .unit = "B",
         .parameters = {256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2304, 2560, 2816, 3072, 3328,
                        3584, 3840},
         .default_parameter = 1024, .default_pairs = WORKLOAD_DEFAULT_ALL, .stack_bytes_min = 2048,
         .by_strategy = true)
{
    struct channel *const channel = channel_new(sizeof(struct order), 1);
    struct order order = {
        .depth_bytes = run->parameter, .op_count = run->op_count, .seed = run->seed};
    channel_send(channel, &order);
    coroutine_spawn(loop_at_depth, channel);
    coroutine_yield();
    channel_receive(channel, &order);
    return order.seed;
}
