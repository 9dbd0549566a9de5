// An object that is made, filled, read and forgotten in one scope, from 16 bytes to 64 KiB.
#include "harness/workload.h"

// Two words at a time: what is left is the object and the memory traffic, not the loop around it.
typedef uint64_t word_pair __attribute__((vector_size(16)));

// Each size is a function of its own, as it would be in a program: the frame has a size known at
// compile time.
#define SHORT_LIVED(size_bytes)                                                                    \
    struct object_##size_bytes {                                                                   \
        word_pair words[size_bytes / sizeof(word_pair)];                                           \
    };                                                                                             \
    OBJECT_TYPE(object_##size_bytes, NO_POINTERS);                                                 \
    static NOINLINE uint64_t short_lived_##size_bytes(const struct workload_run *run)              \
    {                                                                                              \
        word_pair value = {run->seed, ~run->seed};                                                 \
        word_pair checksum = {0, 0};                                                               \
        for (uint64_t op = 0; op < run->op_count; op++) {                                          \
            LOCAL(object_##size_bytes, object);                                                    \
            _Pragma("GCC unroll 4") for (size_t i = 0; i < size_bytes / sizeof value; i++)         \
            {                                                                                      \
                object->words[i] = value;                                                          \
            }                                                                                      \
            const word_pair *words = OPAQUE(object)->words;                                        \
            _Pragma("GCC unroll 4") for (size_t i = 0; i < size_bytes / sizeof value; i++)         \
            {                                                                                      \
                checksum += words[i];                                                              \
            }                                                                                      \
            DROP(object);                                                                          \
            value += 1;                                                                            \
        }                                                                                          \
        return checksum[0] + 3 * checksum[1];                                                      \
    }

SHORT_LIVED(16)
SHORT_LIVED(32)
SHORT_LIVED(64)
SHORT_LIVED(256)
SHORT_LIVED(1024)
SHORT_LIVED(4096)
SHORT_LIVED(16384)
SHORT_LIVED(65536)

WORKLOAD(short_lived,
         .question = "What does the heap add for an object that dies in its own scope?",
         .operation = "create, fill, read and drop one object", .unit = "B",
         .parameters = {16, 32, 64, 256, 1024, 4096, 16384, 65536}, .control_parameter = 64)
{
    switch (run->parameter) {
    case 16:
        return short_lived_16(run);
    case 32:
        return short_lived_32(run);
    case 64:
        return short_lived_64(run);
    case 256:
        return short_lived_256(run);
    case 1024:
        return short_lived_1024(run);
    case 4096:
        return short_lived_4096(run);
    case 16384:
        return short_lived_16384(run);
    default:
        return short_lived_65536(run);
    }
}
