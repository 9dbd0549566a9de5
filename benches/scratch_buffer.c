// A work buffer of known size in a hot loop: a record is formatted into it and hashed. Only the
// part that the record needs is touched, however large the buffer is.
#include "harness/workload.h"

enum { FIELD_COUNT = 8, FIELD_LETTER_COUNT = 16 };

static uint64_t format_and_hash(char *buffer, uint64_t seed)
{
    char *end = buffer;
    for (uint64_t field = 0; field < FIELD_COUNT; field++) {
        uint64_t value = (seed + field) * 0x9e3779b97f4a7c15u;
        for (int letter = 0; letter < FIELD_LETTER_COUNT; letter++) {
            *end++ = "0123456789abcdef"[value >> 60];
            value <<= 4;
        }
    }
    const char *text = OPAQUE(buffer);
    uint64_t hash = 0;
    for (int i = 0; i < FIELD_COUNT * FIELD_LETTER_COUNT; i++) {
        hash = hash * 31 + (uint64_t)text[i];
    }
    return hash;
}

#define SCRATCH_BUFFER(size_bytes)                                                                 \
    static NOINLINE uint64_t scratch_buffer_##size_bytes(const struct workload_run *run)           \
    {                                                                                              \
        uint64_t checksum = 0;                                                                     \
        for (uint64_t op = 0; op < run->op_count; op++) {                                          \
            SLOT_BYTES(slot, size_bytes);                                                          \
            char *buffer = OBTAIN_BYTES(slot, size_bytes);                                         \
            checksum += format_and_hash(buffer, run->seed + op);                                   \
            DROP(buffer);                                                                          \
        }                                                                                          \
        return checksum;                                                                           \
    }

SCRATCH_BUFFER(256)
SCRATCH_BUFFER(1024)
SCRATCH_BUFFER(4096)

WORKLOAD(scratch_buffer,
         .question = "What does a work buffer cost when each round takes a new one from the heap?",
         .operation = "take a buffer, format and hash 128 bytes in it, drop it", .unit = "B",
         .parameters = {256, 1024, 4096})
{
    switch (run->parameter) {
    case 256:
        return scratch_buffer_256(run);
    case 1024:
        return scratch_buffer_1024(run);
    default:
        return scratch_buffer_4096(run);
    }
}
