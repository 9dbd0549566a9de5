// A message goes to another coroutine, which answers with its sum: the message itself, copied
// through the channel from frame to frame, or a pointer to one on the heap.
#include "harness/workload.h"

struct ends {
    struct channel *messages;
    struct channel *sums;
};

// Starts fn, which receives the ends from the channel that is its argument.
static struct ends spawn_partner(void (*fn)(void *), size_t message_bytes)
{
    struct ends ends = {
        .messages = channel_new(IN_FRAME ? message_bytes : sizeof(void *), 0),
        .sums = channel_new(sizeof(uint64_t), 0),
    };
    struct channel *const start = channel_new(sizeof ends, 1);
    channel_send(start, &ends);
    coroutine_spawn(fn, start);
    return ends;
}

static void answer(const struct ends *ends, const uint64_t *words, uint64_t word_count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < word_count; i++) {
        sum = sum * 3 + words[i];
    }
    channel_send(ends->sums, &sum);
}

static void fill(uint64_t *words, uint64_t word_count, uint64_t value)
{
    for (uint64_t i = 0; i < word_count; i++) {
        words[i] = value + i;
    }
}

#define PING_PONG(size_bytes)                                                                      \
    struct message_##size_bytes {                                                                  \
        uint64_t words[size_bytes / sizeof(uint64_t)];                                             \
    };                                                                                             \
    OBJECT_TYPE(message_##size_bytes, NO_POINTERS);                                                \
    static NOINLINE bool receive_##size_bytes(const struct ends *ends)                             \
    {                                                                                              \
        SLOT(message_##size_bytes, slot);                                                          \
        struct message_##size_bytes *message = slot;                                               \
        if (!channel_receive(ends->messages, IN_FRAME ? (void *)slot : (void *)&message)) {        \
            return false;                                                                          \
        }                                                                                          \
        answer(ends, OPAQUE(message)->words, size_bytes / sizeof(uint64_t));                       \
        DROP(message);                                                                             \
        return true;                                                                               \
    }                                                                                              \
    static void pong_##size_bytes(void *start)                                                     \
    {                                                                                              \
        struct ends ends;                                                                          \
        channel_receive(start, &ends);                                                             \
        while (receive_##size_bytes(&ends)) {                                                      \
        }                                                                                          \
    }                                                                                              \
    static NOINLINE uint64_t ping_##size_bytes(const struct workload_run *run)                     \
    {                                                                                              \
        const struct ends ends = spawn_partner(pong_##size_bytes, size_bytes);                     \
        uint64_t checksum = 0;                                                                     \
        for (uint64_t op = 0; op < run->op_count; op++) {                                          \
            LOCAL(message_##size_bytes, message);                                                  \
            fill(OPAQUE(message)->words, size_bytes / sizeof(uint64_t), run->seed + op);           \
            channel_send(ends.messages, IN_FRAME ? (void *)message : (void *)&message);            \
            uint64_t sum;                                                                          \
            channel_receive(ends.sums, &sum);                                                      \
            checksum += sum;                                                                       \
        }                                                                                          \
        channel_close(ends.messages);                                                              \
        coroutine_yield();                                                                         \
        return checksum;                                                                           \
    }

PING_PONG(16)
PING_PONG(64)
PING_PONG(256)
PING_PONG(1024)
PING_PONG(4096)

WORKLOAD(ping_pong, .question = "Send a value by copy, or a pointer to one on the heap?",
         .operation = "make and fill a message, send it, have its sum sent back", .unit = "B",
         .parameters = {16, 64, 256, 1024, 4096}, .default_parameter = 256)
{
    switch (run->parameter) {
    case 16:
        return ping_16(run);
    case 64:
        return ping_64(run);
    case 256:
        return ping_256(run);
    case 1024:
        return ping_1024(run);
    default:
        return ping_4096(run);
    }
}
