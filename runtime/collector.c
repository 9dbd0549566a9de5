// Stop-the-world mark and sweep.
//
// Marking is depth-first with a stack of its own, never recursive: the depth of a list is the
// program's to choose. Between the stack and the scan lies a short queue: an object is prefetched
// when it enters and scanned when it leaves, by when its first line has arrived.
//
// Roots and conservative objects are read word by word; any word that is an address inside an
// allocated object keeps it alive. Typed objects are read by their pointer map only.
#include "runtime/collector.h"

#include "base/assert.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_check.h"
#include "runtime/proc.h"
#include "runtime/root.h"
#include "runtime/sweep.h"
#include "runtime/world.h"

#include <time.h>

// Objects on their way from memory: enough to cover a miss with the scans in between, few enough
// for the processor's outstanding loads.
enum { QUEUE_COUNT = 8 };

// Words of stacks and of memory that belongs to nobody in particular are read: no sanitizer knows
// which of them are meant to be.
#define SCANS_RAW_MEMORY __attribute__((no_sanitize("address", "thread", "undefined")))

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Marks the object that a word points into, if there is one, and pushes it unless nothing is in it.
static inline void mark_word(struct heap *heap, const void *word)
{
    struct span *const span = page_heap_lookup(&heap->page_heap, word);
    if (!span) {
        return;
    }
    const uint32_t object_index = span_object_index(span, word);
    struct span_bits *const bits = &span->bits[object_index / 64];
    const uint64_t bit = 1ull << object_index % 64;
    if (!(bits->allocated & bit) || (bits->marked & bit)) {
        return;
    }
    bits->marked |= bit;
    if (span->kind != SPAN_POINTER_FREE) {
        const struct mark_item item = {.object = span_object(span, object_index), .span = span};
        mark_stack_push(&heap->mark_stack, item);
    }
}

SCANS_RAW_MEMORY static void scan_words(struct heap *heap, const char *base, size_t size_bytes)
{
    ASSERT((uintptr_t)base % sizeof(void *) == 0);
    const void *const *const words = (const void *const *)base;
    for (size_t i = 0; i < size_bytes / sizeof(void *); i++) {
        mark_word(heap, words[i]);
    }
}

// Objects too long for a mask: element by element.
SCANS_RAW_MEMORY static void scan_elements(struct heap *heap, const char *object,
                                           const struct span *span)
{
    const struct heap_type *const type = span->type;
    const size_t element_words = type->size_bytes / sizeof(void *);
    const size_t object_words = span->object_bytes / sizeof(void *);
    if (!type->pointer_words || element_words == 0) {
        return;
    }
    const void *const *const words = (const void *const *)object;
    for (size_t first = 0; first < object_words; first += element_words) {
        const size_t left = object_words - first;
        const size_t count = left < element_words ? left : element_words;
        for (size_t i = 0; i < count; i += 64) {
            uint64_t map = type->pointer_words[i / 64];
            if (count - i < 64) {
                map &= (1ull << (count - i)) - 1;
            }
            for (; map != 0; map &= map - 1) {
                mark_word(heap, words[first + i + (size_t)__builtin_ctzll(map)]);
            }
        }
    }
}

SCANS_RAW_MEMORY static inline void scan(struct heap *heap, struct mark_item item)
{
    struct span *const span = item.span;
    if (span->kind == SPAN_CONSERVATIVE) {
        scan_words(heap, item.object, span->object_bytes);
    } else if (span->object_bytes <= SPAN_MASK_WORDS * sizeof(void *)) {
        const void *const *const words = (const void *const *)item.object;
        for (uint64_t mask = span_pointer_mask(span); mask != 0; mask &= mask - 1) {
            mark_word(heap, words[__builtin_ctzll(mask)]);
        }
    } else {
        scan_elements(heap, item.object, span);
    }
}

// Scans until nothing is left to scan.
static void drain(struct heap *heap)
{
    struct mark_stack *const stack = &heap->mark_stack;
    struct mark_item queue[QUEUE_COUNT];
    size_t head = 0;
    size_t tail = 0;
    for (;;) {
        while (tail - head < QUEUE_COUNT && stack->count > 0) {
            const struct mark_item item = stack->items[--stack->count];
            __builtin_prefetch(item.object);
            queue[tail++ % QUEUE_COUNT] = item;
        }
        if (head == tail) {
            return;
        }
        scan(heap, queue[head++ % QUEUE_COUNT]);
    }
}

struct visit {
    struct heap *heap;
    const char *stack_base; // nothing deeper on the running stack is a root
};

static void visit_root(const void *base, size_t size_bytes, void *context)
{
    const struct visit *const visit = context;
    const char *start = base;
    const char *const end = start + size_bytes;
    if (start < visit->stack_base && visit->stack_base < end) {
        start = visit->stack_base;
    }
    scan_words(visit->heap, start, (size_t)(end - start));
    drain(visit->heap);
}

uint64_t collector_trigger_bytes(const struct heap *heap)
{
    // Go's minimum: under it a collection costs more than the memory it saves.
    const uint64_t least_bytes = 4 * 1024 * 1024;
    const uint64_t grown_bytes = heap->live_bytes / 100 * heap->gc_percent;
    return grown_bytes > least_bytes ? grown_bytes : least_bytes;
}

// noinline, because its frame is where the roots on the running stack end: below it lie the
// collector's own frames, which also hold what earlier calls left in their unused parts.
static __attribute__((noinline)) void collect(struct heap *heap, uint64_t start_ns)
{
    struct visit visit = {
        .heap = heap,
        .stack_base = __builtin_frame_address(0),
    };
    for (struct heap_cache *cache = heap->caches; cache; cache = cache->next) {
        heap_cache_flush(cache);
    }
    central_clear(&heap->central);

    proc_visit_roots(visit_root, &visit);
    root_visit(visit_root, &visit);
    const uint64_t marked_ns = now_ns();
    ASSERT(heap->mark_stack.count == 0);
    proc_shrink_stacks();

    if (heap->check_mark) {
        mark_check_run(heap, visit.stack_base);
    }
    heap->live_bytes = sweep_run(heap);
    if (heap->check_mark) {
        heap_check();
    }
    heap->allocated_bytes = 0;
    heap->trigger_bytes = collector_trigger_bytes(heap);

    const uint64_t pause_ns = now_ns() - start_ns;
    heap->gc_count++;
    heap->mark_ns_total += marked_ns - start_ns;
    heap->pause_ns_total += pause_ns;
    // Without a branch: what runs must not depend on the clock, or simulated counts do not repeat.
    heap->pause_ns_max = heap->pause_ns_max < pause_ns ? pause_ns : heap->pause_ns_max;
}

// Unless another collection has been completed since there were seen_gc_count.
static __attribute__((noinline)) void stop_and_collect(uint64_t seen_gc_count)
{
    const uint64_t start_ns = now_ns();
    world_stop();
    if (heap_instance.gc_count == seen_gc_count || seen_gc_count == UINT64_MAX) {
        collect(&heap_instance, start_ns);
    }
    world_start();
}

void collector_run_unless_since(uint64_t seen_gc_count)
{
    // The callers' callee-saved registers go into this frame, which is a root: code that runs on
    // the system stack for a coroutine may hold an object in them only.
    __builtin_unwind_init();
    stop_and_collect(seen_gc_count);
    // What follows the call keeps it from becoming a jump, which would give this frame up.
    __asm__ volatile("");
}

void collector_run(void *unused)
{
    (void)unused;
    collector_run_unless_since(UINT64_MAX);
}
