// Producers send to one consumer through a buffered channel: messages copied into its buffer, or
// pointers to messages on the heap.
#include "harness/workload.h"

enum { WORD_COUNT = 8, CAPACITY = 16 };

struct message {
    uint64_t words[WORD_COUNT];
};
OBJECT_TYPE(message, NO_POINTERS);

// What a producer gets through the channel that is its argument.
struct order {
    struct channel *messages;
    uint64_t first;
    uint64_t step;
    uint64_t end;
};

static void produce(void *start)
{
    struct order order;
    channel_receive(start, &order);
    for (uint64_t i = order.first; i < order.end; i += order.step) {
        LOCAL(message, message);
        uint64_t *const words = OPAQUE(message)->words;
        for (uint64_t k = 0; k < WORD_COUNT; k++) {
            words[k] = i + k;
        }
        channel_send(order.messages, IN_FRAME ? (void *)message : (void *)&message);
    }
}

static NOINLINE uint64_t consume(struct channel *messages)
{
    SLOT(message, slot);
    struct message *message = slot;
    channel_receive(messages, IN_FRAME ? (void *)slot : (void *)&message);
    const uint64_t *const words = OPAQUE(message)->words;
    uint64_t sum = 0;
    for (uint64_t k = 0; k < WORD_COUNT; k++) {
        sum += words[k] * (k + 1);
    }
    DROP(message);
    return sum;
}

WORKLOAD(fan_in, .question = "Many producers, one consumer: messages by copy or by pointer?",
         .operation = "make and fill 64 bytes in a producer, send, sum up in the consumer",
         .unit = "producers", .parameters = {1, 8, 64}, .default_parameter = 8)
{
    struct channel *const messages =
        channel_new(IN_FRAME ? sizeof(struct message) : sizeof(void *), CAPACITY);
    struct channel *const start = channel_new(sizeof(struct order), 1);
    for (uint64_t i = 0; i < run->parameter; i++) {
        const struct order order = {.messages = messages,
                                    .first = run->seed % 4096 + i,
                                    .step = run->parameter,
                                    .end = run->seed % 4096 + run->op_count};
        coroutine_spawn(produce, start);
        channel_send(start, &order);
    }
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        checksum += consume(messages);
    }
    return checksum;
}
