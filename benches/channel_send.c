// A message handed on through a channel: a pointer to it, which the receiver must still be able to
// follow when the sender has returned, or the message itself, copied into the channel and out.
#include "harness/workload.h"

struct message {
    uint64_t number;
    uint64_t payload[7];
};
OBJECT_TYPE(message, NO_POINTERS);

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    (void)parameter;
    next(channel_new(IN_FRAME ? sizeof(struct message) : sizeof(struct message *), 1), context);
}

static NOINLINE void post(struct channel *channel, uint64_t number)
{
    LOCAL(message, message);
    message->number = number;
    for (unsigned i = 0; i < 7; i++) {
        message->payload[i] = number * i;
    }
    if (IN_FRAME) {
        channel_send(channel, message);
    } else {
        channel_send(channel, &message);
    }
}

static NOINLINE uint64_t collect(struct channel *channel)
{
    struct message copy = {0};
    struct message *message = &copy;
    channel_receive(channel, IN_FRAME ? (void *)&copy : (void *)&message);
    const uint64_t sum = message->number ^ message->payload[message->number % 7];
    if (!IN_FRAME) {
        DROP(message);
    }
    return sum;
}

WORKLOAD(channel_send,
         .question = "What does sending a pointer cost against sending the value itself?",
         .operation = "make a message, send it, receive and read it, drop it", .prepare = prepare)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        post(run->held, run->seed + op);
        checksum += collect(run->held);
    }
    return checksum;
}
