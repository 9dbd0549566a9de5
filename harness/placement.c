#include "harness/placement.h"

#include "runtime/coroutine.h"
#include "runtime/inspect.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum address_class address_class; // of its objects
} placements[PLACEMENT_COUNT] = {
    [PLACEMENT_STACK] = {"stack", ADDRESS_STACK},
    [PLACEMENT_GC] = {"gc", ADDRESS_HEAP},
    [PLACEMENT_MALLOC] = {"malloc", ADDRESS_OTHER},
    [PLACEMENT_AUTO] = {"auto", ADDRESS_HEAP}, // or the stack
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

static void note_site(int line, enum address_class address_class, size_t size_bytes)
{
    struct placement_notes *const notes = &placement_notes;
    size_t index = 0;
    while (index < notes->site_count && notes->sites[index].line != line) {
        index++;
    }
    if (index == PLACEMENT_SITE_COUNT_MAX) {
        return;
    }
    if (index == notes->site_count) {
        notes->sites[notes->site_count++] = (struct placement_site){.line = line};
    }
    notes->sites[index].object_count++;
    notes->sites[index].stack_count += address_class == ADDRESS_STACK;
    notes->sites[index].object_bytes += size_bytes;
}

void placement_note(enum placement placement, const void *object, size_t size_bytes, int line)
{
    const enum address_class address_class = runtime_address_class(object);
    placement_notes.object_count++;
    placement_notes.object_bytes += size_bytes;
    note_site(line, address_class, size_bytes);
    const bool is_misplaced = address_class != placements[placement].address_class &&
                              !(placement == PLACEMENT_AUTO && address_class == ADDRESS_STACK);
    if (is_misplaced && placement_notes.misplaced_count++ == 0) {
        placement_notes.first_misplaced = object;
    }
}

// On the system stack: libc needs more than a small one.
static void read_resident(void *arg)
{
    double *const bytes = arg;
    unsigned long long total_pages, resident_pages = 0;
    FILE *const statm = fopen("/proc/self/statm", "r");
    if (statm) {
        if (fscanf(statm, "%llu %llu", &total_pages, &resident_pages) != 2) {
            resident_pages = 0;
        }
        fclose(statm);
    }
    *bytes = (double)resident_pages * (double)sysconf(_SC_PAGESIZE);
}

void placement_note_memory(size_t count)
{
    static double before_bytes, now_bytes;
    coroutine_on_system_stack(read_resident, &now_bytes);
    if (count == 0) {
        before_bytes = now_bytes;
        return;
    }
    const double each_bytes = (now_bytes - before_bytes) / (double)count;
    if (each_bytes > placement_notes.memory_bytes) {
        placement_notes.memory_bytes = each_bytes;
    }
}
