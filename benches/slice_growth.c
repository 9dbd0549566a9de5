// Appending to a vector: a fixed array in the frame, large enough from the start, against a heap
// block that doubles as it fills.
#include "harness/workload.h"

enum { ELEMENT_COUNT_MAX = 1024, CAPACITY_FIRST = 4 };

struct vector {
    uint64_t *elements;
    uint64_t count;
    uint64_t capacity;
};

static NOINLINE void vector_grow(struct vector *vector)
{
    const uint64_t capacity = vector->capacity * 2;
    vector->elements = RESIZE_BYTES(vector->elements, vector->capacity * sizeof(uint64_t),
                                    capacity * sizeof(uint64_t));
    vector->capacity = capacity;
}

static void vector_append(struct vector *vector, uint64_t element)
{
    if (vector->count == vector->capacity) {
        vector_grow(vector);
    }
    vector->elements[vector->count++] = element;
}

WORKLOAD(slice_growth,
         .question = "What does a vector that grows on the heap cost against a fixed array?",
         .operation = "append the elements to an empty vector, add them up, drop it",
         .unit = "elements", .parameters = {16, 128, 1024})
{
    uint64_t checksum = 0;
    for (uint64_t op = 0; op < run->op_count; op++) {
        SLOT_BYTES(slot, ELEMENT_COUNT_MAX * sizeof(uint64_t));
        const uint64_t capacity = IN_FRAME ? ELEMENT_COUNT_MAX : CAPACITY_FIRST;
        struct vector vector = {
            .elements = OBTAIN_BYTES(slot, capacity * sizeof(uint64_t)),
            .capacity = capacity,
        };
        for (uint64_t i = 0; i < run->parameter; i++) {
            vector_append(&vector, run->seed + op + i);
        }
        const uint64_t *elements = OPAQUE(vector.elements);
        for (uint64_t i = 0; i < vector.count; i++) {
            checksum += elements[i];
        }
        DROP(vector.elements);
    }
    return checksum;
}
