#include "harness/placement.h"

#include "runtime/inspect.h"

#include <string.h>

static const struct {
    const char *name;
    enum address_class address_class; // of its objects
} placements[PLACEMENT_COUNT] = {
    [PLACEMENT_STACK] = {"stack", ADDRESS_STACK},
    [PLACEMENT_GC] = {"gc", ADDRESS_HEAP},
    [PLACEMENT_MALLOC] = {"malloc", ADDRESS_OTHER},
};

struct placement_notes placement_notes;

const char *placement_name(enum placement placement)
{
    return placements[placement].name;
}

enum placement placement_find(const char *name)
{
    enum placement placement = 0;
    while (placement < PLACEMENT_COUNT && strcmp(placements[placement].name, name) != 0) {
        placement++;
    }
    return placement;
}

void placement_note(enum placement placement, const void *object, size_t size_bytes)
{
    placement_notes.object_count++;
    placement_notes.object_bytes += size_bytes;
    if (runtime_address_class(object) != placements[placement].address_class) {
        if (placement_notes.misplaced_count++ == 0) {
            placement_notes.first_misplaced = object;
        }
    }
}
