// A function with an environment captured by reference. If the environment does not outlive its
// maker it can stay in the maker's frame; if it may, the maker must take it from the heap.
#include "harness/workload.h"

struct environment {
    uint64_t total;
    uint64_t factor;
};
OBJECT_TYPE(environment, NO_POINTERS);

struct closure {
    void (*call)(struct environment *environment, uint64_t item);
    struct environment *environment;
};

enum { ITEM_COUNT = 8 };

static NOINLINE void add_scaled(struct environment *environment, uint64_t item)
{
    environment->total += item * environment->factor;
}

// The caller's slot is where the environment stays when it does not outlive the caller.
static NOINLINE struct closure make_closure(struct environment *slot, uint64_t factor)
{
    struct environment *environment = OBTAIN(environment, slot);
    environment->total = 0;
    environment->factor = factor;
    return (struct closure){.call = OPAQUE(&add_scaled), .environment = environment};
}

static NOINLINE void for_each(struct closure closure, uint64_t first_item)
{
    for (uint64_t item = first_item; item < first_item + ITEM_COUNT; item++) {
        closure.call(closure.environment, item);
    }
}

WORKLOAD(closure,
         .question = "What does a captured environment cost when it may outlive its maker?",
         .operation = "make a closure, call it 8 times, drop it")
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT(environment, slot);
        const struct closure closure = make_closure(slot, run->seed + op);
        for_each(closure, op);
        checksum += closure.environment->total;
        DROP(closure.environment);
    }
    return checksum;
}
