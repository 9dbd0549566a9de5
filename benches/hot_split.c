// A loop calls a small function from a certain depth of a small stack. A stack of linked segments
// has depths at which every call needs a new segment and every return gives it back: the hot split.
#include "harness/workload.h"

// The callee's frame is larger than the steps of the parameter, so that no split lies between two
// of them; and too large for a prologue that compares before it subtracts.
enum { CALLEE_BYTES = 400, SPARE_BYTES = 16 };

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
    const uint64_t op_count = order->op_count;
    for (uint64_t op = 0; op < op_count; op++) {
        checksum = callee(checksum + op);
    }
    return checksum;
}

// The way down is a call for each digit, to the base 4, of the depth, with a frame of that size:
// every depth is as few calls deep. A recursion of small frames was not: on the processor that we
// looked at, a call in a loop that is dozens of unreturned calls deep takes up to 2.7 times as
// long, whatever its stack, and that was what differed between the depths (docs/method.md).
#define STEP(name, size_bytes, next)                                                               \
    static NOINLINE uint64_t name(const struct order *order)                                       \
    {                                                                                              \
        SLOT_BYTES(step, (size_bytes) + SPARE_BYTES);                                              \
        uint64_t *const word = OBTAIN_BYTES(step, (size_bytes) + SPARE_BYTES);                     \
        *word = order->seed;                                                                       \
        const uint64_t checksum = next(order);                                                     \
        return checksum + *OPAQUE(word); /* after the call: not a jump */                          \
    }
#define DIGIT(unit_bytes, next)                                                                    \
    STEP(step_0_##unit_bytes, 0, next)                                                             \
    STEP(step_1_##unit_bytes, unit_bytes, next)                                                    \
    STEP(step_2_##unit_bytes, 2 * unit_bytes, next)                                                \
    STEP(step_3_##unit_bytes, 3 * unit_bytes, next)                                                \
    static inline uint64_t descend_##unit_bytes(const struct order *order)                         \
    {                                                                                              \
        switch (order->depth_bytes / unit_bytes % 4) {                                             \
        case 0:                                                                                    \
            return step_0_##unit_bytes(order);                                                     \
        case 1:                                                                                    \
            return step_1_##unit_bytes(order);                                                     \
        case 2:                                                                                    \
            return step_2_##unit_bytes(order);                                                     \
        default:                                                                                   \
            return step_3_##unit_bytes(order);                                                     \
        }                                                                                          \
    }
DIGIT(256, call_often)
DIGIT(1024, descend_256)

static void loop_at_depth(void *channel)
{
    struct order order;
    channel_receive(channel, &order);
    order.seed = descend_1024(&order);
    channel_send(channel, &order);
}

WORKLOAD(hot_split, .question = "What does a call cost at which depth of a small stack?",
         .operation = "call a function with a frame of 400 bytes", .unit = "B",
         .parameters = {256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2304, 2560, 2816, 3072, 3328,
                        3584, 3840},
         .default_parameter = 768, .default_pairs = WORKLOAD_DEFAULT_ALL, .stack_bytes_min = 2048,
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
