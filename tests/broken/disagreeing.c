// A workload that is wrong on purpose: its placements compute different things. The worker must
// notice.
#include "harness/workload.h"

struct object {
    uint64_t word;
};
OBJECT_TYPE(object, NO_POINTERS);

WORKLOAD(disagreeing, .question = "Are different checksums noticed?", .operation = "none")
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        LOCAL(object, object);
        object->word = run->seed + op + IN_FRAME;
        checksum += OPAQUE(object)->word;
        DROP(object);
    }
    return checksum;
}
