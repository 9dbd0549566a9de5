// A value behind an interface: a table of functions and a pointer to the value. What a function
// that is only known at run time does with the pointer nobody knows, so the value is boxed.
#include "harness/workload.h"

struct circle {
    uint64_t radius;
    uint64_t scale;
};
OBJECT_TYPE(circle, NO_POINTERS);

struct shape {
    uint64_t (*area)(const void *value);
    const void *value;
};

// Handed through the harness, so that no compiler or analyser knows which function is called.
static NOINLINE uint64_t circle_area(const void *value)
{
    const struct circle *const circle = value;
    return circle->radius * circle->radius * circle->scale;
}

static void prepare(uint64_t parameter, void (*next)(void *held, void *context), void *context)
{
    (void)parameter;
    next((void *)circle_area, context);
}

static NOINLINE uint64_t sum_areas(const struct shape *shapes, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += shapes[i].area(shapes[i].value);
    }
    return sum;
}

WORKLOAD(boxing, .question = "What does a value cost that is called through an interface?",
         .operation = "box two values, call each through its interface, drop them",
         .prepare = prepare)
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        LOCAL(circle, small);
        LOCAL(circle, large);
        *small = (struct circle){.radius = (run->seed + op) & 0xff, .scale = 3};
        *large = (struct circle){.radius = (run->seed + op) & 0xffff, .scale = 5};
        uint64_t (*const area)(const void *) = (uint64_t (*)(const void *))run->held;
        const struct shape shapes[] = {{area, small}, {area, large}};
        checksum += sum_areas(shapes, 2);
        DROP(small);
        DROP(large);
    }
    return checksum;
}
