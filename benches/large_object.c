// An object above what an analyser leaves on a stack (64 KiB for an allocation): it is used by its
// own scope only, but it is large.
#include "harness/workload.h"

enum { LARGE_BYTES = 80 * 1024, STRIDE_BYTES = 4096 };

WORKLOAD(large_object,
         .question = "What does an object cost that would fit its scope but is too large for it?",
         .operation = "take 80 KiB, write and read a word in each 4 KiB of it, drop it",
         .stack_bytes_min = 512 * 1024)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_BYTES(slot, LARGE_BYTES);
        uint64_t *const words = OBTAIN_BYTES(slot, LARGE_BYTES);
        for (size_t i = 0; i < LARGE_BYTES / sizeof *words; i += STRIDE_BYTES / sizeof *words) {
            words[i] = run->seed + op + i;
        }
        const uint64_t *const read = OPAQUE(words);
        for (size_t i = 0; i < LARGE_BYTES / sizeof *words; i += STRIDE_BYTES / sizeof *words) {
            checksum += read[i];
        }
        DROP(words);
    }
    return checksum;
}
