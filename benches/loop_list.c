// Objects made in a loop that are all in use when it ends: as many as the loop has turns, so that
// one slot of the frame is not enough. A frame that knows the largest number can hold them all.
#include "harness/workload.h"

enum { COUNT_MAX = 32 };

struct item {
    struct item *next;
    uint64_t value;
};
OBJECT_TYPE(item, POINTER_AT(item, next));

static NOINLINE uint64_t sum(const struct item *item)
{
    uint64_t total = 0;
    for (; item; item = item->next) {
        total = total * 3 + item->value;
    }
    return total;
}

WORKLOAD(loop_list,
         .question = "What do objects cost that outlive the turn of the loop that made them?",
         .operation = "make a list in a loop, walk it, drop it", .unit = "items",
         .parameters = {4, COUNT_MAX})
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_ARRAY(item, slots, COUNT_MAX);
        struct item *first = NULL;
        for (uint64_t i = 0; i < run->parameter; i++) {
            struct item *const item = OBTAIN_AT(item, slots, i);
            item->value = run->seed + op + i;
            STORE(&item->next, first);
            first = item;
        }
        checksum += sum(first);
        while (first) {
            struct item *const next = first->next;
            DROP(first);
            first = next;
        }
    }
    return checksum;
}
