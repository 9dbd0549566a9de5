// Each thread keeps the objects that exist, newest last, and the slots in outer frames to which a
// pointer into one was written: whether that matters is seen when the object's function returns.
// Frames are told apart by address. The stack grows downwards, so objects whose frame lies below a
// new one's are of functions that longjmp() left.
#include "escape/check_runtime.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OBJECT_COUNT_MAX = 1 << 16, SLOT_COUNT_MAX = 1 << 16, CLAIM_COUNT_MAX = 1 << 12 };
enum { PRINTED_COUNT_MAX = 20, STATUS_VIOLATED = 3 };

struct object {
    uintptr_t base;
    size_t size_bytes;
    uintptr_t frame;
    const struct check_runtime_site *claim;
};

struct slot {
    void **address;
    size_t object_index;
    const struct check_runtime_site *place;
};

static _Thread_local struct {
    struct object objects[OBJECT_COUNT_MAX];
    size_t object_count;
    struct slot slots[SLOT_COUNT_MAX];
    size_t slot_count;
    uintptr_t stack_low, stack_high;
} state;

// Counts are of the process. Two threads that violate at once may lose a count, not a message.
static struct {
    const struct check_runtime_site *claims[CLAIM_COUNT_MAX];
    bool is_violated[CLAIM_COUNT_MAX];
    size_t claim_count;
    uint64_t object_count;
    uint64_t violation_count;
} totals;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "escape check: %s\n", what);
    _exit(2);
}

static size_t claim_index(const struct check_runtime_site *claim)
{
    // Sites are few and the newest is the likeliest.
    for (size_t i = totals.claim_count; i-- > 0;) {
        if (totals.claims[i] == claim) {
            return i;
        }
    }
    if (totals.claim_count == CLAIM_COUNT_MAX) {
        give_up("too many claims for one program");
    }
    totals.claims[totals.claim_count] = claim;
    return totals.claim_count++;
}

static void violated(const struct object *object, const struct check_runtime_site *place,
                     const char *how)
{
    totals.is_violated[claim_index(object->claim)] = true;
    if (totals.violation_count++ < PRINTED_COUNT_MAX) {
        fprintf(stderr, "%s was claimed not to escape, but %s at %s\n", object->claim->text, how,
                place->text);
    }
}

__attribute__((destructor)) static void summarize(void)
{
    size_t violated_count = 0;
    for (size_t i = 0; i < totals.claim_count; i++) {
        violated_count += totals.is_violated[i];
    }
    fflush(NULL);
    fprintf(stderr,
            "escape check: %zu claims put to the test by %" PRIu64
            " objects, %zu violated (%" PRIu64 " times)\n",
            totals.claim_count, totals.object_count, violated_count, totals.violation_count);
    if (violated_count > 0) {
        _exit(STATUS_VIOLATED);
    }
}

// The bounds of the mapping that the running stack lies in: a thread's, or a coroutine's.
static void find_stack(uintptr_t inside)
{
    FILE *const maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t low = 0, high = 0;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &low, &high) == 2 && low <= inside &&
            inside < high) {
            state.stack_low = low;
            state.stack_high = high;
        }
    }
    if (maps) {
        fclose(maps);
    }
    if (inside < state.stack_low || inside >= state.stack_high) {
        give_up("cannot find the stack in /proc/self/maps");
    }
}

static bool is_on_stack(uintptr_t address)
{
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    // The main thread's mapping grows: an address above `here` is in it if one below was.
    if (here >= state.stack_high || here < state.stack_low) {
        find_stack(here);
    }
    return address >= here && address < state.stack_high;
}

static void forget_slots_of(size_t first_object_index)
{
    size_t kept = 0;
    for (size_t i = 0; i < state.slot_count; i++) {
        if (state.slots[i].object_index < first_object_index) {
            state.slots[kept++] = state.slots[i];
        }
    }
    state.slot_count = kept;
}

// Objects of frames that are gone.
static void drop_below(uintptr_t frame)
{
    size_t count = state.object_count;
    while (count > 0 && state.objects[count - 1].frame < frame) {
        count--;
    }
    if (count < state.object_count) {
        state.object_count = count;
        forget_slots_of(count);
    }
}

void check_runtime_begin(void *base, size_t size_bytes, void *frame,
                         const struct check_runtime_site *claim)
{
    drop_below((uintptr_t)frame);
    claim_index(claim);
    totals.object_count++;
    // The next turn of a loop uses the same object.
    for (size_t i = state.object_count; i-- > 0;) {
        if (state.objects[i].frame != (uintptr_t)frame) {
            break;
        }
        if (state.objects[i].base == (uintptr_t)base && state.objects[i].claim == claim) {
            return;
        }
    }
    if (state.object_count == OBJECT_COUNT_MAX) {
        give_up("too many objects exist at once");
    }
    state.objects[state.object_count++] = (struct object){
        .base = (uintptr_t)base,
        .size_bytes = size_bytes,
        .frame = (uintptr_t)frame,
        .claim = claim,
    };
}

// The object that `value` points into, or state.object_count.
static size_t find_object(uintptr_t value)
{
    for (size_t i = state.object_count; i-- > 0;) {
        const struct object *const object = &state.objects[i];
        if (value - object->base < object->size_bytes) {
            return i;
        }
    }
    return state.object_count;
}

void check_runtime_store(void *slot, const void *value, const struct check_runtime_site *place)
{
    const size_t index = find_object((uintptr_t)value);
    if (index == state.object_count) {
        return;
    }
    const struct object *const object = &state.objects[index];
    if (!is_on_stack((uintptr_t)slot)) {
        violated(object, place, "a pointer to it was stored outside the stack");
        return;
    }
    if ((uintptr_t)slot < object->frame) {
        return; // dies with the object
    }
    if (state.slot_count == SLOT_COUNT_MAX) {
        give_up("too many pointers are held in callers at once");
    }
    state.slots[state.slot_count++] =
        (struct slot){.address = slot, .object_index = index, .place = place};
}

void check_runtime_copy(void *target, size_t size_bytes, const struct check_runtime_site *place)
{
    const uintptr_t word_mask = sizeof(void *) - 1;
    const uintptr_t start = ((uintptr_t)target + word_mask) & ~word_mask;
    const uintptr_t end = (uintptr_t)target + size_bytes;
    for (uintptr_t word = start; word + sizeof(void *) <= end; word += sizeof(void *)) {
        check_runtime_store((void *)word, *(void **)word, place);
    }
}

void check_runtime_return(const void *value, void *frame, const struct check_runtime_site *place)
{
    drop_below((uintptr_t)frame);
    size_t first = state.object_count;
    while (first > 0 && state.objects[first - 1].frame == (uintptr_t)frame) {
        first--;
    }
    const size_t returned = find_object((uintptr_t)value);
    if (returned < state.object_count && returned >= first) {
        violated(&state.objects[returned], place, "a pointer to it was returned");
    }
    for (size_t i = 0; i < state.slot_count; i++) {
        const struct slot *const slot = &state.slots[i];
        if (slot->object_index < first) {
            continue;
        }
        const struct object *const object = &state.objects[slot->object_index];
        if ((uintptr_t)*slot->address - object->base < object->size_bytes) {
            violated(object, slot->place, "a pointer to it that outlives its function was stored");
        }
    }
    state.object_count = first;
    forget_slots_of(first);
}
