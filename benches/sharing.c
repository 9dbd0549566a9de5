// One message for many readers: each gets a copy through its channel, or all get a pointer to the
// one on the heap.
#include "harness/workload.h"

enum { WORD_COUNT = 128 };

struct message {
    uint64_t words[WORD_COUNT];
};
OBJECT_TYPE(message, NO_POINTERS);

struct ends {
    struct channel *messages;
    struct channel *sums;
};

static NOINLINE bool read_one(const struct ends *ends)
{
    SLOT(message, slot);
    const struct message *message = slot;
    if (!channel_receive(ends->messages, IN_FRAME ? (void *)slot : (void *)&message)) {
        return false;
    }
    const uint64_t *const words = OPAQUE(message)->words;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < WORD_COUNT; i += 8) { // a word a line
        sum = sum * 3 + words[i];
    }
    channel_send(ends->sums, &sum);
    return true;
}

static void read_all(void *start)
{
    struct ends ends;
    channel_receive(start, &ends);
    while (read_one(&ends)) {
    }
}

// Sends to as many readers as there are. Which reader takes which copy does not matter: one that
// has read waits until its sum is taken, and sums are taken when all have been sent to.
static NOINLINE uint64_t share(const struct ends *ends, uint64_t reader_count, uint64_t number)
{
    LOCAL(message, message);
    for (uint64_t i = 0; i < WORD_COUNT; i++) {
        message->words[i] = number + i;
    }
    for (uint64_t i = 0; i < reader_count; i++) {
        channel_send(ends->messages, IN_FRAME ? (void *)message : (void *)&message);
    }
    uint64_t total = 0;
    for (uint64_t i = 0; i < reader_count; i++) {
        uint64_t sum;
        channel_receive(ends->sums, &sum);
        total += sum;
    }
    DROP(message);
    return total;
}

WORKLOAD(sharing, .question = "One message for many: a copy each, or one on the heap for all?",
         .operation = "make 1 KiB, hand it to every reader, collect their sums, drop it",
         .unit = "readers", .parameters = {1, 4, 16}, .default_parameter = 4)
{
    const struct ends ends = {
        .messages = channel_new(IN_FRAME ? sizeof(struct message) : sizeof(void *), 0),
        .sums = channel_new(sizeof(uint64_t), 0),
    };
    struct channel *const start = channel_new(sizeof ends, 1);
    for (uint64_t i = 0; i < run->parameter; i++) {
        coroutine_spawn(read_all, start);
        channel_send(start, &ends);
    }
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        checksum += share(&ends, run->parameter, run->seed + op);
    }
    channel_close(ends.messages);
    coroutine_yield();
    return checksum;
}
