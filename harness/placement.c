#include "harness/placement.h"

#include "harness/library.h"
#include "runtime/coroutine.h"
#include "runtime/inspect.h"
#include "runtime/runtime.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef ESCAPEMENT_HAS_AUTO // the Makefile says whether the analyser was there
#define ESCAPEMENT_HAS_AUTO 0
#endif

static const struct {
    const char *name;
    enum address_class address_class; // of its objects
    const char *package;              // Debian's; NULL: always there
    const struct library *library;    // NULL: none, or absent
} placements[PLACEMENT_COUNT] = {
    [PLACEMENT_STACK] = {"stack", ADDRESS_STACK, NULL, NULL},
    [PLACEMENT_GC] = {"gc", ADDRESS_HEAP, NULL, NULL},
    [PLACEMENT_MALLOC] = {"malloc", ADDRESS_OTHER, NULL, NULL},
    [PLACEMENT_AUTO] = {"auto", ADDRESS_HEAP, "clang-19 and llvm-19-dev", NULL}, // or the stack
    [PLACEMENT_BOEHM] = {"boehm", ADDRESS_OTHER, "libgc-dev", &library_boehm},
    [PLACEMENT_MIMALLOC] = {"mimalloc", ADDRESS_OTHER, "libmimalloc-dev", &library_mimalloc},
    [PLACEMENT_JEMALLOC] = {"jemalloc", ADDRESS_OTHER, "libjemalloc-dev", &library_jemalloc},
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

bool placement_is_present(enum placement placement)
{
    if (placement == PLACEMENT_AUTO) {
        return ESCAPEMENT_HAS_AUTO;
    }
    return !placements[placement].package || placements[placement].library;
}

const char *placement_package(enum placement placement)
{
    return placements[placement].package;
}

void placement_begin(enum placement placement)
{
    const struct library *const library = placements[placement].library;
    if (library && library->begin) {
        library->begin();
    }
}

void placement_stats_read(enum placement placement, struct runtime_stats *stats)
{
    const struct library *const library = placements[placement].library;
    runtime_stats_read(stats);
    if (library && library->stats_add) {
        library->stats_add(stats);
    }
}

uint64_t placement_gc_count(enum placement placement)
{
    const struct library *const library = placements[placement].library;
    return library && library->gc_count ? library->gc_count() : runtime_gc_count();
}

bool placement_is_counted(enum placement placement)
{
    return placement == PLACEMENT_STACK || placement == PLACEMENT_GC || placement == PLACEMENT_AUTO;
}

// An object of a library must be that library's; one of malloc() must be no other library's.
static bool is_in_place(enum placement placement, const void *object,
                        enum address_class address_class)
{
    if (address_class != placements[placement].address_class) {
        return placement == PLACEMENT_AUTO && address_class == ADDRESS_STACK;
    }
    for (enum placement other = 0; other < PLACEMENT_COUNT; other++) {
        const struct library *const library = placements[other].library;
        const bool may_ask = library && (other == placement || library->knows_foreign);
        if (may_ask && library->owns(object) != (other == placement)) {
            return false;
        }
    }
    return true;
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
    if (!is_in_place(placement, object, address_class) && placement_notes.misplaced_count++ == 0) {
        placement_notes.first_misplaced = object;
    }
}

// On the system stack: libc needs more than a small one.
static void read_resident(void *arg)
{
    double *const bytes = arg;
    unsigned long long resident_pages = 0;
    char text[128]; // "TOTAL RESIDENT ..." in pages
    FILE *const statm = fopen("/proc/self/statm", "r");
    if (statm) {
        if (fgets(text, sizeof text, statm)) {
            resident_pages = strtoull(text + strcspn(text, " "), NULL, 10);
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
