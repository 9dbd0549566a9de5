// A coroutine's scan_state says how far this collection is with it: the epoch when it has been
// scanned (or was made since the collection began: the pool sets it), something older before. The
// epoch moves in steps, so that the values between say who is at work.
//
// Stacks that are long are scanned with safepoints in between: the marker and the processor that
// waits to resume the coroutine both let the world stop.
#include "runtime/snapshot.h"

#include "base/assert.h"
#include "runtime/barrier.h"
#include "runtime/coroutine_pool.h"
#include "runtime/fibre.h"
#include "runtime/growth.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_wait.h"
#include "runtime/os_memory.h"
#include "runtime/proc.h"
#include "runtime/root.h"
#include "runtime/world.h"

#include <sched.h>

enum {
    SCANNED_BY_MARKER = 1, // and not yet shrunk: its processor does that when it resumes it
    SCANNING = 2,
    EPOCH_STEP = 4,
};

enum {
    CAPACITY_BYTES_FIRST = 64 * 1024,
    PART_BYTES = 4 * 1024,       // of the copies, scanned at once
    STACK_PART_BYTES = 8 * 1024, // of a stack, between two safepoints
    COROUTINES_AT_ONCE = 8,
    WAIT_SPIN_COUNT = 200, // pauses of the processor: some microseconds
};

static struct {
    char *copies;
    size_t capacity_bytes;
    size_t wanted_bytes; // what the last snapshot had needed
    size_t size_bytes;
    _Atomic(size_t) taken_bytes;
    struct lock lock; // of the cursor
    struct coroutine_pool_cursor cursor;
    _Atomic(bool) cursor_at_end;
    _Atomic(uint32_t) scanning_count; // stacks being scanned
    _Atomic(size_t) scanned_count;    // stacks that have been
} snapshot;

void snapshot_prepare(void)
{
    lock_acquire(&snapshot.lock);
    const size_t wanted_bytes = snapshot.wanted_bytes + snapshot.wanted_bytes / 4;
    size_t capacity_bytes = snapshot.copies ? snapshot.capacity_bytes : CAPACITY_BYTES_FIRST;
    while (capacity_bytes < wanted_bytes) {
        capacity_bytes *= 2;
    }
    if (!barrier_is_on && capacity_bytes > snapshot.capacity_bytes) {
        char *const copies = os_memory_map(capacity_bytes);
        if (copies) {
            os_memory_release(snapshot.copies, snapshot.capacity_bytes);
            snapshot.copies = copies;
            snapshot.capacity_bytes = capacity_bytes;
            // Touched now: a first touch costs more than the copying.
            for (size_t i = 0; i < capacity_bytes; i += PART_BYTES) {
                ((volatile char *)copies)[i] = 0;
            }
        }
    }
    lock_release(&snapshot.lock);
    mark_pool_prepare(&heap_instance.mark_pool);
}

struct visit {
    struct marker *marker;
    const char *stack_base; // nothing deeper on the running stack is a root
};

MARKER_READS_RAW static void copy_words(uint64_t *to, const volatile uint64_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = fibre_may_hold((const void *)&from[i]) ? from[i] : 0;
    }
}

static void copy_root(const void *base, size_t size_bytes, void *context)
{
    const struct visit *const visit = context;
    const char *start = base;
    const char *const end = start + size_bytes;
    if (start < visit->stack_base && visit->stack_base < end) {
        start = visit->stack_base;
    }
    const size_t left_bytes = (size_t)(end - start);
    snapshot.wanted_bytes += left_bytes;
    if (left_bytes > snapshot.capacity_bytes - snapshot.size_bytes) {
        marker_scan_words(visit->marker, start, left_bytes);
        return;
    }
    copy_words((uint64_t *)(snapshot.copies + snapshot.size_bytes), (const void *)start,
               left_bytes / sizeof(uint64_t));
    snapshot.size_bytes += left_bytes;
}

static void scan_part(const void *base, size_t size_bytes, void *context)
{
    struct marker *const marker = context;
    const char *const start = base;
    for (size_t done_bytes = 0; done_bytes < size_bytes; done_bytes += STACK_PART_BYTES) {
        const size_t left_bytes = size_bytes - done_bytes;
        if (done_bytes > 0) {
            world_poll();
        }
        marker_scan_words(marker, start + done_bytes,
                          left_bytes < STACK_PART_BYTES ? left_bytes : STACK_PART_BYTES);
    }
}

// Scans a stack that this processor has claimed. While it does, the collection cannot end.
static void scan_coroutine(struct coroutine *coroutine, struct marker *marker, uint32_t then)
{
    proc_visit_coroutine(coroutine, scan_part, marker);
    atomic_store(&coroutine->scan_state, then);
    atomic_fetch_add_explicit(&snapshot.scanned_count, 1, memory_order_relaxed);
    atomic_fetch_sub(&snapshot.scanning_count, 1);
}

static bool claim(struct coroutine *coroutine, uint32_t state)
{
    atomic_fetch_add(&snapshot.scanning_count, 1);
    if (atomic_compare_exchange_strong(&coroutine->scan_state, &state,
                                       world_scan_epoch | SCANNING)) {
        return true;
    }
    atomic_fetch_sub(&snapshot.scanning_count, 1);
    mark_wait_notice(); // who looked meanwhile took us for one at work, and may sleep
    return false;
}

// The hook: a coroutine is about to run. On its processor's system stack.
static void resume(struct coroutine *coroutine)
{
    struct marker *const marker = &proc_current->heap_cache.marker;
    // At a safepoint in here this collection may end, and the next begin.
    for (int round = 0; barrier_is_on; round++) {
        const uint32_t epoch = world_scan_epoch;
        const uint32_t state = atomic_load(&coroutine->scan_state);
        if (state == epoch) {
            return;
        }
        if (state == (epoch | SCANNED_BY_MARKER)) {
            growth_shrink(coroutine);
            atomic_store(&coroutine->scan_state, epoch);
            return;
        }
        if (state == (epoch | SCANNING)) {
            if (round < WAIT_SPIN_COUNT) {
                context_pause();
            } else {
                sched_yield(); // the stack is long, or its marker needs our processor
            }
            world_poll();
        } else if (claim(coroutine, state)) {
            scan_coroutine(coroutine, marker, epoch | SCANNED_BY_MARKER);
            marker_rest(marker);
            mark_wait_notice();
        }
    }
}

void snapshot_take(struct marker *marker, const char *stack_base)
{
    struct visit visit = {.marker = marker, .stack_base = stack_base};
    world_scan_epoch += EPOCH_STEP;
    snapshot.size_bytes = 0;
    snapshot.wanted_bytes = 0;
    proc_visit_running(copy_root, &visit);
    root_visit(copy_root, &visit);
    for (unsigned i = 0; i < proc_count; i++) {
        if (proc_table[i].running) {
            atomic_store(&proc_table[i].running->scan_state, world_scan_epoch);
        }
    }
    atomic_store(&snapshot.taken_bytes, 0);
    atomic_store(&snapshot.scanned_count, 0);
    coroutine_pool_cursor_init(&snapshot.cursor);
    atomic_store(&snapshot.cursor_at_end, false);
    world_resume_hook_set(resume);
}

static bool scan_copies(struct marker *marker)
{
    if (atomic_load(&snapshot.taken_bytes) >= snapshot.size_bytes) {
        return false;
    }
    const size_t start = atomic_fetch_add(&snapshot.taken_bytes, PART_BYTES);
    if (start >= snapshot.size_bytes) {
        return false;
    }
    const size_t left_bytes = snapshot.size_bytes - start;
    marker_scan_words(marker, snapshot.copies + start,
                      left_bytes < PART_BYTES ? left_bytes : PART_BYTES);
    return true;
}

// Raw: one that is being made is looked at, and left alone because of its scan_state.
MARKER_READS_RAW static bool is_to_scan(struct coroutine *coroutine, uint32_t *state)
{
    *state = atomic_load(&coroutine->scan_state);
    return (*state & ~(uint32_t)(EPOCH_STEP - 1)) != world_scan_epoch &&
           __atomic_load_n(&coroutine->id, __ATOMIC_RELAXED) != 0;
}

static bool scan_coroutines(struct marker *marker)
{
    struct coroutine *batch[COROUTINES_AT_ONCE];
    size_t count = 0;
    if (atomic_load(&snapshot.cursor_at_end)) {
        return false;
    }
    lock_acquire(&snapshot.lock);
    while (count < COROUTINES_AT_ONCE &&
           (batch[count] = coroutine_pool_cursor_next(&snapshot.cursor))) {
        count++;
    }
    if (count < COROUTINES_AT_ONCE) {
        atomic_store(&snapshot.cursor_at_end, true);
    }
    lock_release(&snapshot.lock);
    for (size_t i = 0; i < count; i++) {
        uint32_t state;
        if (is_to_scan(batch[i], &state) && claim(batch[i], state)) {
            scan_coroutine(batch[i], marker, world_scan_epoch | SCANNED_BY_MARKER);
        }
    }
    return count > 0;
}

bool snapshot_scan_some(struct marker *marker)
{
    return scan_copies(marker) || scan_coroutines(marker);
}

bool snapshot_has_more(void)
{
    return atomic_load(&snapshot.taken_bytes) < snapshot.size_bytes ||
           !atomic_load(&snapshot.cursor_at_end);
}

bool snapshot_is_taken(void)
{
    return !snapshot_has_more() && atomic_load(&snapshot.scanning_count) == 0;
}

size_t snapshot_end(void)
{
    ASSERT(snapshot_is_taken());
    world_resume_hook_set(NULL);
    return atomic_load(&snapshot.scanned_count);
}

void snapshot_release(void)
{
    world_resume_hook_set(NULL);
    os_memory_release(snapshot.copies, snapshot.capacity_bytes);
    snapshot.copies = NULL;
    snapshot.capacity_bytes = 0;
    snapshot.wanted_bytes = 0;
}
