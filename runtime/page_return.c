// What is given back and needed again costs a page fault for each page of the system's, some ten
// microseconds. So a tenth above the goal is kept, and only what has been too much for a while
// goes: each tick a quarter of the least that was too much in this tick and the one before, so that
// most of a spike is gone after a second or two.
//
// The heap's lock is held while pages are given back, for whoever allocates waits then: therefore
// by small parts.
#include "runtime/page_return.h"

#include "runtime/futex.h"
#include "runtime/heap_internal.h"
#include "runtime/sweep.h"
#include "runtime/world.h"

#include <pthread.h>

static const uint64_t TICK_NS = 50 * 1000 * 1000;
static const size_t EXCESS_BYTES_MIN = 16 * 1024 * 1024;

enum {
    PART_PAGES = 16, // given back at once, ten microseconds or so
    SWEPT_SPANS = 64,
    SHARE = 4,
};

static struct {
    bool started;
    pthread_t thread;
    _Atomic(uint32_t) word;   // futex: changes when it is to look or to end
    _Atomic(uint32_t) ending; // futex: 1 when it is to end
} page_return;

// The lock is held, or the world stopped.
static size_t excess_bytes(const struct heap *heap)
{
    const size_t held_bytes = page_heap_held_bytes(&heap->page_heap);
    const size_t kept_bytes = (size_t)(heap->pacer.goal_bytes + heap->pacer.goal_bytes / 10);
    return held_bytes > kept_bytes + EXCESS_BYTES_MIN ? held_bytes - kept_bytes : 0;
}

// Sweeps what is left, since only that finds free pages. Returns what is too much then.
static size_t sweep_and_look(struct heap *heap)
{
    bool more = true;
    size_t excess = 0;
    while (more && !atomic_load(&page_return.ending)) {
        lock_acquire(&heap->lock);
        more = sweep_some(heap, SWEPT_SPANS);
        excess = excess_bytes(heap);
        lock_release(&heap->lock);
    }
    return excess;
}

// Returns false when there is nothing more to give back.
static bool give_back(struct heap *heap, size_t size_bytes)
{
    bool more = true;
    for (size_t done_bytes = 0;
         more && done_bytes < size_bytes && !atomic_load(&page_return.ending);
         done_bytes += PART_PAGES * SPAN_PAGE_BYTES) {
        lock_acquire(&heap->lock);
        // Not in the middle of a sweep: it has to find its way.
        more = heap->sweep_page >= heap->sweep_end_page &&
               page_heap_give_back(&heap->page_heap, PART_PAGES) > 0;
        lock_release(&heap->lock);
    }
    return more;
}

static void *run(void *unused)
{
    (void)unused;
    struct heap *const heap = &heap_instance;
    size_t before_bytes = 0;
    for (;;) {
        // Read first: who ends the thread changes it last.
        const uint32_t word = atomic_load(&page_return.word);
        if (atomic_load(&page_return.ending)) {
            return NULL;
        }
        const size_t excess = sweep_and_look(heap);
        const size_t calm_bytes = excess < before_bytes ? excess : before_bytes;
        before_bytes = excess;
        const bool more = calm_bytes == 0 || give_back(heap, calm_bytes / SHARE + 1);
        if (excess > 0 && more) {
            futex_wait(&page_return.ending, 0, TICK_NS);
        } else {
            futex_wait(&page_return.word, word, 0);
        }
    }
}

void page_return_consider(void)
{
    struct heap *const heap = &heap_instance;
    world_lock_acquire(&heap->lock);
    const bool much = excess_bytes(heap) > 0;
    const bool start = much && !page_return.started;
    page_return.started |= start;
    lock_release(&heap->lock);
    if (start) {
        atomic_store(&page_return.ending, 0);
        if (pthread_create(&page_return.thread, NULL, run, NULL) != 0) {
            // Memory stays; everything else works.
            world_lock_acquire(&heap->lock);
            page_return.started = false;
            lock_release(&heap->lock);
        }
    } else if (much) {
        atomic_fetch_add(&page_return.word, 1);
        futex_wake(&page_return.word, 1);
    }
}

void page_return_stop(void)
{
    if (page_return.started) {
        atomic_store(&page_return.ending, 1);
        atomic_fetch_add(&page_return.word, 1);
        futex_wake(&page_return.ending, 1);
        futex_wake(&page_return.word, 1);
        pthread_join(page_return.thread, NULL);
        page_return.started = false;
    }
}
