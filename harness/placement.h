// The placements, and the separately built copies of a workload.
#ifndef HARNESS_PLACEMENT_H
#define HARNESS_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct runtime_stats;

// To add one: a line here, one in placement.c, a placement_<name>.h, its name in the Makefile.
enum placement {
    PLACEMENT_STACK,
    PLACEMENT_GC,
    PLACEMENT_MALLOC,
    PLACEMENT_AUTO, // the analyser decides: in a frame, or on the collected heap
    PLACEMENT_BOEHM,
    PLACEMENT_MIMALLOC,
    PLACEMENT_JEMALLOC,
    PLACEMENT_COUNT,
};

enum workload_copy {
    WORKLOAD_TIMED,   // side a, and side b of a pair with two placements
    WORKLOAD_TWIN,    // the same again: side b of an A/A control
    WORKLOAD_NOTED,   // reports every object to placement_note(); never timed
    WORKLOAD_MATCHED, // by the compiler of placement `auto`: what stands beside that in a pair
    WORKLOAD_WATCHED, // every allocation and store is a call; for tests
};

const char *placement_name(enum placement placement);

// The placement of that name, or PLACEMENT_COUNT.
enum placement placement_find(const char *name);

// A line of the source that makes objects.
struct placement_site {
    int line;
    size_t object_count;
    size_t stack_count; // of these, in a frame
    size_t object_bytes;
};

enum { PLACEMENT_SITE_COUNT_MAX = 16 };

// Whether the library behind it was there when this was built.
bool placement_is_present(enum placement placement);

// Debian's package with that library; NULL when it needs none.
const char *placement_package(enum placement placement);

// Makes its library ready; needed before its first object.
void placement_begin(enum placement placement);

// The runtime's counters; for a placement with a collector of its own, that one's beside them.
void placement_stats_read(enum placement placement, struct runtime_stats *stats);

// Completed collections of whoever collects its objects: one load, for use beside timed code.
uint64_t placement_gc_count(enum placement placement);

// The runtime counts its objects; those of the others are known from noted runs.
bool placement_is_counted(enum placement placement);

// What the objects of a noted run were.
struct placement_notes {
    size_t object_count;
    size_t object_bytes;
    size_t misplaced_count;      // not where the placement says
    const void *first_misplaced; // of these
    double memory_bytes;         // of each thing noted by placement_note_memory(), the most
    struct placement_site sites[PLACEMENT_SITE_COUNT_MAX]; // the first lines met
    size_t site_count;
};

extern struct placement_notes placement_notes;

// Counts an object that this line made, and checks its address class.
void placement_note(enum placement placement, const void *object, size_t size_bytes, int line);

// Called with 0 and later with a count of things made meanwhile: notes the resident memory that
// each of them holds.
void placement_note_memory(size_t count);

#endif
