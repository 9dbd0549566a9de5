// The runtime's own heap, on its own coroutines (peers/peer.h has the contract).
#ifndef PEERS_PEER_GC_H
#define PEERS_PEER_GC_H

#include "runtime/gc_profile.h"
#include "runtime/inspect.h"
#include "runtime/runtime.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PEER_EXPLICIT_FREE 0
#define PEER_TYPE(tag, pointer_count)                                                              \
    static const uint64_t tag##_pointers[] = {((uint64_t)1 << (pointer_count)) - 1};               \
    static const struct heap_type tag##_type = {#tag, sizeof(struct tag), tag##_pointers}
#define PEER_NEW_BYTES(size_bytes) heap_new_bytes(size_bytes)
#define PEER_NEW(tag) ((struct tag *)heap_new(&tag##_type))
#define PEER_NEW_TABLE(slot_count) ((void **)heap_new_array(&peer_slot_type, slot_count))
#define PEER_STORE(slot, value) heap_store(slot, value)
#define PEER_DROP(object) ((void)(object))
#define PEER_ROOT(base, size_bytes) heap_root_add(base, size_bytes)
#define PEER_COLLECT() heap_collect()
#define PEER_SYSTEM(fn, arg) coroutine_on_system_stack(fn, arg)

static const uint64_t peer_slot_pointers[] = {1};
__attribute__((unused)) static const struct heap_type peer_slot_type = {"slot", sizeof(void *),
                                                                        peer_slot_pointers};

static inline void peer_first(void *arg)
{
    ((void (*)(void))arg)();
}

static inline void peer_run(unsigned procs, void (*fn)(void))
{
    const struct runtime_config config = {.procs = procs};
    if (runtime_run(&config, peer_first, (void *)fn) != 0) {
        exit(1);
    }
}

struct peer_task {
    void (*fn)(unsigned);
    struct channel *done;
    uint64_t index;
};
static const uint64_t peer_task_pointers[] = {2};
static const struct heap_type peer_task_type = {"task", sizeof(struct peer_task),
                                                peer_task_pointers};

static inline void peer_task_run(void *arg)
{
    struct peer_task *const task = arg;
    task->fn((unsigned)task->index);
    channel_send(task->done, NULL);
}

static inline void peer_together(void (*fn)(unsigned), unsigned count)
{
    struct channel *const done = channel_new(0, count);
    for (unsigned i = 0; i < count; i++) {
        struct peer_task *const task = heap_new(&peer_task_type);
        task->fn = fn;
        task->index = i;
        heap_store(&task->done, done);
        if (coroutine_spawn(peer_task_run, task) != 0) {
            exit(1);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        channel_receive(done, NULL);
    }
}

static inline void peer_stats_read(void *arg)
{
    runtime_stats_read(arg);
}

static inline struct runtime_stats peer_stats(void)
{
    struct runtime_stats stats;
    coroutine_on_system_stack(peer_stats_read, &stats);
    return stats;
}

static inline uint64_t peer_allocated_bytes(void)
{
    return peer_stats().heap_alloc_bytes;
}

static inline uint64_t peer_mapped_bytes(void)
{
    return peer_stats().heap_mapped_bytes;
}

static inline uint64_t peer_cycle_count(void)
{
    return runtime_gc_count();
}

static inline uint64_t peer_pause_ns_total(void)
{
    return runtime_gc_pause_ns();
}

static inline void peer_phase_print(const char *group, const char *phase,
                                    const struct runtime_latency *latency)
{
    char operation[64];
    snprintf(operation, sizeof operation, "%s_%s_p50", group, phase);
    peer_report_print(&(struct peer_report){operation, (double)latency->p50_ns * 1e-3, "us"});
    snprintf(operation, sizeof operation, "%s_%s_p999", group, phase);
    peer_report_print(&(struct peer_report){operation, (double)latency->p999_ns * 1e-3, "us"});
}

static inline void peer_phases_print(void *arg)
{
    struct runtime_gc_profile profile;
    runtime_gc_profile_read(&profile);
    peer_phase_print(arg, "stopping", &profile.stopping);
    peer_phase_print(arg, "stopped", &profile.stopped);
    peer_phase_print(arg, "resuming", &profile.resuming);
}

// Of all stops since the program began: until all processors had stopped, from then on, and after
// it until all were going on.
#define PEER_REPORT_PHASES(group) coroutine_on_system_stack(peer_phases_print, (void *)(group))

#endif
