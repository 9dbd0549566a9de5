// Counters of the runtime. All count since the last runtime_run() began, and stay readable after it
// returned until the next one begins.
#ifndef RUNTIME_STATS_H
#define RUNTIME_STATS_H

#include <stdint.h>

struct runtime_stats {
    uint64_t heap_alloc_count;  // objects allocated
    uint64_t heap_alloc_bytes;  // their bytes, each rounded up to its size class
    uint64_t heap_live_bytes;   // bytes of the objects that the last mark found alive
    uint64_t heap_mapped_bytes; // bytes of heap memory held from the system now
    uint64_t heap_fresh_bytes;  // bytes that spans took of memory which the system had yet to
                                // supply: each page of it costs a fault when it is first touched
    uint64_t gc_count;          // completed collections
    uint64_t gc_pause_ns_total; // time with the world stopped
    uint64_t gc_pause_ns_max;   // the longest of these pauses
    uint64_t
        gc_mark_ns_total; // time spent marking (part of the pause while the world stops for it)
    uint64_t gc_assist_ns_total;     // time that allocating coroutines spent helping to mark
    uint64_t stack_grow_count;       // stacks that grew
    uint64_t stack_shrink_count;     // stacks that shrank
    uint64_t stack_copied_bytes;     // bytes copied by growing, shrinking and stress moves
    uint64_t stack_bytes_in_use;     // bytes of all stacks that coroutines hold now
    uint64_t coroutine_spawn_count;  // coroutines created, the first one included
    uint64_t coroutine_switch_count; // times a worker left one coroutine for another
};

// Fills *stats. May be called anywhere, also after runtime_run() has returned.
void runtime_stats_read(struct runtime_stats *stats);

#endif
