// Boehm's collector among coroutines.
//
// It takes a thread's stack for what lies between the stack pointer and the stack's bottom, which
// is wrong on a coroutine: its stack is memory like any other. So just before it stops the world,
// in the thread that allocates and with the collector's lock held, it is told that the bottom is
// the running coroutine's; and while it marks, the stacks of all the other coroutines are pushed as
// further roots. It finds the globals of the program and of every library by itself. What it does
// not see are channel buffers, which lie on the runtime's heap: an object that is only there would
// be lost. fan_in, where that happens, is not built with it.
//
// One marking thread, as measuring is pinned to one core.
#include "harness/library.h"

#include "runtime/inspect.h"
#include "runtime/stats.h"

#define GC_THREADS
#include <gc/gc.h>
#include <gc/gc_mark.h>
#include <stddef.h>
#include <time.h>

static struct GC_stack_base thread_base; // of the thread's own stack
static GC_push_other_roots_proc push_other_roots_before;
static uint64_t gc_count, stop_ns, pause_ns_total, pause_ns_max;

static void push_stack(const void *low, size_t size_bytes, void *context)
{
    (void)context;
    // GC_push_all_eager() reads them now, as marking would; it changes nothing of them.
    GC_push_all_eager((void *)(uintptr_t)low, (char *)(uintptr_t)low + size_bytes);
}

static void push_other_roots(void)
{
    runtime_visit_parked_stacks(push_stack, NULL);
    if (push_other_roots_before) {
        push_other_roots_before();
    }
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// From GC_EVENT_START to GC_EVENT_END a collection has the program's thread: the pause.
static void on_event(GC_EventType event)
{
    if (event == GC_EVENT_START) {
        stop_ns = now_ns();
    } else if (event == GC_EVENT_PRE_STOP_WORLD) {
        const void *const top = runtime_stack_top();
        struct GC_stack_base base = thread_base;
        if (top) {
            base.mem_base = (void *)(uintptr_t)top;
        }
        GC_set_stackbottom(NULL, &base);
    } else if (event == GC_EVENT_END) {
        const uint64_t pause_ns = now_ns() - stop_ns;
        gc_count++;
        pause_ns_total += pause_ns;
        pause_ns_max = pause_ns > pause_ns_max ? pause_ns : pause_ns_max;
    }
}

static void begin(void)
{
    if (GC_is_init_called()) {
        return;
    }
    GC_set_markers_count(1);
    GC_set_dont_precollect(1); // which would be on whatever stack this is
    GC_set_warn_proc(GC_ignore_warn_proc);
    GC_INIT();
    GC_get_my_stackbottom(&thread_base);
    push_other_roots_before = GC_get_push_other_roots();
    GC_set_push_other_roots(push_other_roots);
    GC_set_on_collection_event(on_event);
}

static bool owns(const void *address)
{
    return GC_base((void *)(uintptr_t)address) != NULL;
}

static void stats_add(struct runtime_stats *stats)
{
    stats->gc_count += gc_count;
    stats->gc_pause_ns_total += pause_ns_total;
    stats->gc_mark_ns_total += pause_ns_total;
    stats->gc_pause_ns_max = pause_ns_max;
    stats->heap_alloc_bytes += GC_get_total_bytes();
}

static uint64_t completed(void)
{
    return gc_count;
}

const struct library library_boehm = {.owns = owns,
                                      .knows_foreign = true,
                                      .begin = begin,
                                      .stats_add = stats_add,
                                      .gc_count = completed};
