// What the harness asks of an allocator that is not ours. Those that were not installed when the
// worker was built are not linked: library_NAME is then at address 0.
#ifndef HARNESS_LIBRARY_H
#define HARNESS_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

struct runtime_stats;

struct library {
    // Whether the address is one of its objects. It is asked about its own objects, and about
    // anybody's when knows_foreign is set.
    bool (*owns)(const void *address);
    bool knows_foreign;
    // Before anything is allocated; on any stack; once is enough. NULL: nothing to do.
    void (*begin)(void);
    // Of a collector; NULL in other libraries.
    void (*stats_add)(struct runtime_stats *stats); // its counts and pauses
    uint64_t (*gc_count)(void);                     // completed collections: one load
};

extern const struct library library_boehm __attribute__((weak));
extern const struct library library_mimalloc __attribute__((weak));
extern const struct library library_jemalloc __attribute__((weak));

#endif
