// Who does what: any processor that finds nothing left to take, and nobody at work, ends the
// marking. It stops the world to make sure, because the write barrier's logs may hold the last
// unmarked objects; if that is so, the world goes on and so does the marking.
//
// A processor that marks holds what it works on for itself, and leaves it to others when it stops
// (marker_rest): so "nothing in the pool, nobody at work, every root taken" means that all is done.
#include "runtime/collector.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/clock.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_ambiguous.h"
#include "runtime/mark_check.h"
#include "runtime/mark_wait.h"
#include "runtime/page_return.h"
#include "runtime/proc.h"
#include "runtime/scheduler.h"
#include "runtime/snapshot.h"
#include "runtime/sweep.h"
#include "runtime/world.h"

#include <string.h>

enum {
    // Read with the world stopped when that ends the collection: ten microseconds or so.
    STOPPED_BYTES = 32 * 1024,
    // An allocation reads this much at least, or the clock would cost as much, ...
    ASSIST_BYTES_MIN = 16 * 1024,
    // ... and this much at most beside what grows with its size: some hundred microseconds. Twice
    // what the run of objects that it claims can oblige to, so that debts are paid.
    ASSIST_BYTES_MAX = 256 * 1024,
    ASSIST_PER_BYTE_MAX = 16,
    HELP_BYTES = 64 * 1024, // then a processor without work looks whether there is some
    RUN_BYTES = 256 * 1024,
    HUNGRY_PAUSES = 50,
    HUNGRY_COUNT = 10, // then it sleeps: some 20 µs, what it costs to wake it
    WIPED_WORDS = 256, // more than the frames of marking take
    // Stacks of parked coroutines that may shrink while the world is stopped: beyond that only
    // those that run again do, unless somebody waits for the collection.
    SHRUNK_COUNT_MAX = 64,
};

static const uint64_t ASSIST_WAIT_NS_MAX = 500 * 1000;

// Clears what marking has left below the caller's frame: addresses of objects. Frames of the
// runtime are no roots (proc.c), but those of the program's functions that run on the system stack
// are, and have it in their unused parts.
static __attribute__((noinline)) void wipe_stack(void)
{
    uint64_t words[WIPED_WORDS];
    memset(words, 0, sizeof words);
    __asm__ volatile("" : : "r"(words) : "memory");
}

// Marks until budget_bytes were read, the world is to stop, or nothing is left to take: then
// returns true.
static bool mark_some(struct heap *heap, size_t budget_bytes)
{
    struct marker *const marker = &proc_current->heap_cache.marker;
    const uint64_t start_bytes = marker->scanned_bytes;
    const uint64_t start_ns = clock_now_ns();
    atomic_fetch_add(&heap->marker_count, 1);
    marker_flush_log(marker);
    bool nothing_left = false;
    uint64_t scanned_bytes = 0;
    while (scanned_bytes < budget_bytes) {
        if (!marker_drain(marker, budget_bytes - scanned_bytes)) {
            break;
        }
        if (!snapshot_scan_some(marker)) {
            nothing_left = true;
            break;
        }
        scanned_bytes = marker->scanned_bytes - start_bytes;
    }
    marker_rest(marker);
    atomic_fetch_add(&heap->scanned_bytes, marker->scanned_bytes - start_bytes);
    atomic_fetch_sub(&heap->marker_count, 1);
    wipe_stack();
    atomic_fetch_add(&heap->mark_ns_total, clock_now_ns() - start_ns);
    return nothing_left;
}

// The world is stopped.
static bool is_complete(struct heap *heap)
{
    struct marker *const own = &proc_current->heap_cache.marker;
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        marker_flush_log(&cache->marker);
        if (&cache->marker != own) {
            marker_give_all(&cache->marker);
        }
    }
    return snapshot_is_taken() && marker_drain(own, STOPPED_BYTES);
}

// The marking is complete, the world is stopped.
static void end(struct heap *heap, const char *stack_base)
{
    lock_acquire(&heap->lock); // page_return.c's thread does not stop with the world
    // What is left of the caches' runs counts as marked until here.
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        heap_cache_flush(cache);
    }
    central_clear(&heap->central);
    const bool few_coroutines = snapshot_end() <= SHRUNK_COUNT_MAX;
    barrier_is_on = false;
    struct marker sum = {0};
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        marker_take_counts(&cache->marker, &sum);
    }
    if (atomic_load(&heap->waiting_count) > 0 || few_coroutines) {
        proc_shrink_stacks();
    }
    if (heap->check_mark) {
        mark_check_run(heap, heap->strict ? stack_base : NULL);
    }
    if (heap->strict) {
        mark_ambiguous_run(heap, stack_base);
    }
    sweep_begin(heap);
    gc_trace_end(heap);
    heap->live_bytes = sum.marked_bytes;
    mark_choice_next(&heap->mark_choice, sum.marked_bytes, sum.visited_bytes, sum.dense_bytes);
    pacer_end(&heap->pacer, sum.scanned_bytes, sum.marked_bytes, sum.black_bytes);
    if (heap->check_mark) {
        sweep_some(heap, UINT32_MAX);
        heap_check();
    }
    heap->gc_count++;
    lock_release(&heap->lock);
}

struct stop {
    struct world_times times;
    uint64_t collected_count; // completed collections before
};

// Another processor may do at the same time what the stop is for: false, the world was not stopped.
static bool stop_world(struct heap *heap, bool (*is_wanted)(void), struct stop *stop)
{
    const bool stopped = world_stop_if(is_wanted, &stop->times);
    stop->collected_count = heap->gc_count;
    return stopped;
}

static void start_world(struct heap *heap, const struct stop *stop)
{
    const uint64_t end_ns = clock_now_ns();
    gc_trace_pause(heap, stop->times, end_ns);
    const bool ended = heap->gc_count != stop->collected_count;
    world_start();
    if (ended) {
        mark_wait_ended();
        page_return_consider();
        gc_trace_print(heap, end_ns - stop->times.asked_ns);
    }
}

static bool may_end(void)
{
    return barrier_is_on && mark_wait_seems_over();
}

// Ends the collection if the marking is complete. noinline as begin() is.
static __attribute__((noinline)) void try_to_end(struct heap *heap)
{
    struct stop stop;
    if (!stop_world(heap, may_end, &stop)) {
        return;
    }
    if (is_complete(heap)) {
        end(heap, __builtin_frame_address(0));
    }
    marker_rest(&proc_current->heap_cache.marker);
    start_world(heap, &stop);
}

// The world is stopped.
static void begin(struct heap *heap, const char *stack_base)
{
    struct marker *const marker = &proc_current->heap_cache.marker;
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        heap_cache_blacken(cache);
    }
    heap->begin_count++;
    gc_trace_begin(heap);
    atomic_store(&heap->scanned_bytes, 0);
    pacer_begin(&heap->pacer);
    barrier_is_on = true;
    snapshot_take(marker, stack_base);
    if (pacer_expects_little(&heap->pacer) && mark_some(heap, STOPPED_BYTES) && is_complete(heap)) {
        end(heap, stack_base);
    }
    marker_rest(marker);
}

static bool may_begin(void)
{
    return !barrier_is_on;
}

// noinline, because its frame is where the roots on the running stack end: below it lie the
// collector's own frames, which also hold what earlier calls left in their unused parts.
static __attribute__((noinline)) void stop_and_begin(struct heap *heap)
{
    sweep_finish(heap);
    snapshot_prepare();
    struct stop stop;
    if (!stop_world(heap, may_begin, &stop)) {
        return;
    }
    // Another processor may have been so fast that its collection is over: then it is to be swept.
    lock_acquire(&heap->lock);
    const bool swept = heap->sweep_page >= heap->sweep_end_page;
    lock_release(&heap->lock);
    if (swept) {
        begin(heap, __builtin_frame_address(0));
    }
    start_world(heap, &stop);
}

void collector_begin(void)
{
    // The callers' callee-saved registers go into this frame, which is a root: code that runs on
    // the system stack for a coroutine may hold an object in them only.
    __builtin_unwind_init();
    if (!barrier_is_on) {
        stop_and_begin(&heap_instance);
        if (barrier_is_on && world_is_parallel) {
            scheduler_notice();
        }
    }
    // What follows the call keeps it from becoming a jump, which would give this frame up.
    __asm__ volatile("");
}

// Marks some; ends the collection when nothing is left. Returns false when others are at work, and
// nothing is left to take.
static bool mark_and_end(struct heap *heap, size_t budget_bytes)
{
    if (!mark_some(heap, budget_bytes)) {
        return true;
    }
    if (!mark_wait_seems_over()) {
        return false;
    }
    try_to_end(heap);
    return true;
}

// Marks until the collection that is under way has ended.
static void mark_to_end(struct heap *heap)
{
    const uint64_t gc_count = heap->gc_count;
    int vain_count = 0;
    while (barrier_is_on && heap->gc_count == gc_count) {
        if (mark_and_end(heap, RUN_BYTES)) {
            vain_count = 0;
        } else if (++vain_count <= HUNGRY_COUNT) {
            mark_wait_spin(HUNGRY_PAUSES);
        } else {
            mark_wait_sleep(0);
        }
        world_poll();
    }
}

// STRESS_CHECK_MARK: a whole collection with the world stopped, after the one that is under way. So
// the stacks are at its end what they were at its beginning, and can be checked as well.
static __attribute__((noinline)) void run_stopped(struct heap *heap)
{
    const char *const stack_base = __builtin_frame_address(0);
    struct stop stop;
    for (;;) {
        mark_to_end(heap);
        snapshot_prepare();
        if (stop_world(heap, may_begin, &stop)) {
            break;
        }
    }
    lock_acquire(&heap->lock);
    sweep_some(heap, UINT32_MAX);
    lock_release(&heap->lock);
    heap->strict = true;
    begin(heap, stack_base);
    while (barrier_is_on) {
        if (mark_some(heap, RUN_BYTES) && is_complete(heap)) {
            end(heap, stack_base);
        }
    }
    heap->strict = false;
    start_world(heap, &stop);
}

static void run_beside_program(struct heap *heap)
{
    // One that has begun already may have marked what has become garbage since.
    const uint64_t wanted_count = heap->begin_count + 1;
    while (heap->gc_count < wanted_count) {
        if (barrier_is_on) {
            mark_to_end(heap);
        } else {
            collector_begin();
        }
    }
    mark_wait_notice(); // the next one may have begun
}

void collector_run(void *unused)
{
    (void)unused;
    struct heap *const heap = &heap_instance;
    __builtin_unwind_init();
    atomic_fetch_add(&heap->waiting_count, 1);
    if (heap->check_mark) {
        run_stopped(heap);
    } else {
        run_beside_program(heap);
    }
    sweep_finish(heap);
    atomic_fetch_sub(&heap->waiting_count, 1);
    __asm__ volatile("");
}

static uint64_t debt_bytes(struct heap *heap)
{
    world_lock_acquire(&heap->lock);
    const uint64_t bytes = pacer_debt_bytes(&heap->pacer, atomic_load(&heap->scanned_bytes));
    lock_release(&heap->lock);
    return bytes;
}

// Marks for budget_bytes. Where others are at work and have nothing to share, as with a long list,
// it waits for them to do it: otherwise the heap would grow without end while one of them marks.
static void assist(struct heap *heap, size_t budget_bytes)
{
    const uint64_t start_ns = clock_now_ns();
    const struct marker *const marker = &proc_current->heap_cache.marker;
    const uint64_t end_bytes = marker->scanned_bytes + budget_bytes;
    while (barrier_is_on && marker->scanned_bytes < end_bytes) {
        const bool nothing_left = mark_some(heap, end_bytes - marker->scanned_bytes);
        if (nothing_left && mark_wait_seems_over()) {
            try_to_end(heap);
            break;
        }
        if (nothing_left) {
            if (debt_bytes(heap) == 0 || clock_now_ns() - start_ns > ASSIST_WAIT_NS_MAX) {
                break;
            }
            mark_wait_spin(HUNGRY_PAUSES);
        }
        // The marking may end here, and the next one begin: that one's counts start from zero, and
        // the rest of this budget is a little work in advance.
        world_poll();
    }
    mark_wait_notice();
    atomic_fetch_add(&heap->assist_ns_total, clock_now_ns() - start_ns);
}

void collector_assist(size_t size_bytes)
{
    struct heap *const heap = &heap_instance;
    __builtin_unwind_init();
    uint64_t budget_bytes = debt_bytes(heap);
    if (budget_bytes > 0) {
        const uint64_t most_bytes = ASSIST_BYTES_MAX + ASSIST_PER_BYTE_MAX * (uint64_t)size_bytes;
        budget_bytes = budget_bytes < ASSIST_BYTES_MIN ? ASSIST_BYTES_MIN : budget_bytes;
        assist(heap, budget_bytes < most_bytes ? budget_bytes : most_bytes);
    }
    __asm__ volatile("");
}

bool collector_help(void)
{
    if (!mark_wait_is_needed() && marker_is_done(&proc_current->heap_cache.marker)) {
        return false;
    }
    mark_and_end(&heap_instance, HELP_BYTES);
    return true;
}

bool collector_has_much(void)
{
    return atomic_load(&heap_instance.mark_pool.full_count) > 1;
}
