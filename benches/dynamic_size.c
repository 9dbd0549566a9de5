// A buffer whose size is known only at run time: as much of the heap as is needed, or as much of
// the frame as may ever be.
#include "harness/workload.h"

enum { COUNT_MAX = 64 };

WORKLOAD(dynamic_size,
         .question = "What does a buffer of unknown size cost against one of the largest size?",
         .operation = "take a buffer for n words, fill and sum it, drop it", .unit = "words",
         .parameters = {8, COUNT_MAX})
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_BYTES(slot, COUNT_MAX * sizeof(uint64_t));
        uint64_t *const words = OBTAIN_BYTES(slot, run->parameter * sizeof(uint64_t));
        for (uint64_t i = 0; i < run->parameter; i++) {
            words[i] = run->seed + op * i;
        }
        const uint64_t *const read = OPAQUE(words);
        for (uint64_t i = 0; i < run->parameter; i++) {
            checksum = checksum * 3 + read[i];
        }
        DROP(words);
    }
    return checksum;
}
