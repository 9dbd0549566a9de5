// A workload that is wrong on purpose: in placement `stack` its object is a global. The worker must
// notice.
#include "harness/workload.h"

struct object {
    uint64_t word;
};
OBJECT_TYPE(object, NO_POINTERS);

#ifdef HARNESS_PLACEMENT_STACK_H
static struct object global;
#undef SLOT
#define SLOT(tag, slot) struct tag *const slot = &global
#endif

WORKLOAD(misplaced, .question = "Is a misplaced object noticed?", .operation = "none")
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        LOCAL(object, object);
        object->word = run->seed + op;
        checksum += OPAQUE(object)->word;
        DROP(object);
    }
    return checksum;
}
