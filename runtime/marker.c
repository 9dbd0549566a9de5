// Small objects are scanned by spans, first in, first out (mark_batch.h); those too large for it,
// and in some collections all (mark_choice.h), one by one, depth-first, from a stack. Nothing is
// recursive: the depth of a list is the program's to choose. Both ways end in a short queue: an
// object is prefetched when it enters and scanned when it leaves, by when its first line has
// arrived. A list is followed in a way of its own (mark_follow.h): there is nothing to queue.
//
// Roots and conservative objects are read word by word; any word that is an address inside an
// allocated object keeps it alive. Typed objects are read by their pointer map only. What is read
// may be written at the same time: a word is then the old or the new value, and the write barrier
// has taken care of the old one.
//
// Spans come into being while this runs, and none goes away: page_heap_lookup() is safe then.
#include "runtime/marker.h"

#include "base/assert.h"
#include "runtime/fibre.h"
#include "runtime/heap_internal.h"
#include "runtime/mark_batch.h"
#include "runtime/mark_follow.h"
#include "runtime/mark_object.h"
#include "runtime/mark_wait.h"
#include "runtime/proc.h"
#include "runtime/world.h"

// Objects on their way from memory: enough to cover a miss with the scans in between, few enough
// for the processor's outstanding loads.
enum { QUEUE_COUNT = 8 };

// Large objects are scanned in pieces: several markers may share one, and none is late for a stop.
// Each of a piece's 256 pointers may cost several misses of the cache.
enum { PIECE_BYTES = 2 * 1024 };

// How often a marker looks whether others need work.
enum { STEP_BYTES = 8 * 1024 };

static inline struct mark_pool *pool(void)
{
    return &heap_instance.mark_pool;
}

MARKER_READS_RAW static inline void scan_words(struct marker *marker, const char *base,
                                               size_t size_bytes)
{
    const void *const *const words = (const void *const *)base;
    for (size_t i = 0; i < size_bytes / sizeof(void *); i++) {
        if (fibre_may_hold(&words[i])) {
            mark_object_word(marker, mark_object_read(&words[i]));
        }
    }
}

MARKER_READS_RAW void marker_scan_words(struct marker *marker, const void *base, size_t size_bytes)
{
    ASSERT((uintptr_t)base % sizeof(void *) == 0);
    scan_words(marker, base, size_bytes);
    marker->scanned_bytes += size_bytes;
}

void marker_mark(struct marker *marker, const void *address)
{
    mark_object_word(marker, address);
}

// A part of an object that begins and ends with an element: for those too long for a mask.
MARKER_READS_RAW static void scan_elements(struct marker *marker, const char *base,
                                           size_t size_bytes, const struct heap_type *type)
{
    const size_t element_words = type->size_bytes / sizeof(void *);
    const size_t word_count = size_bytes / sizeof(void *);
    const void *const *const words = (const void *const *)base;
    for (size_t first = 0; first < word_count; first += element_words) {
        const size_t left = word_count - first;
        const size_t count = left < element_words ? left : element_words;
        for (size_t i = 0; i < count; i += 64) {
            uint64_t map = type->pointer_words[i / 64];
            if (count - i < 64) {
                map &= (1ull << (count - i)) - 1;
            }
            for (; map != 0; map &= map - 1) {
                const size_t index = first + i + (size_t)__builtin_ctzll(map);
                mark_object_word(marker, mark_object_read(&words[index]));
            }
        }
    }
}

// Scans a piece of an object without a mask, and puts the rest back. Returns the bytes read.
static size_t scan_piece(struct marker *marker, struct mark_item item)
{
    const struct span *const span = item.span;
    const struct heap_type *const type = span->kind == SPAN_TYPED ? span->type : NULL;
    const size_t element_bytes =
        type ? type->size_bytes / sizeof(void *) * sizeof(void *) : sizeof(void *);
    if (element_bytes == 0 || (type && !type->pointer_words)) {
        return 0;
    }
    // Only a span with one object is cut: the item's address is inside it then.
    const char *const start = span_object(span, span_object_index(span, item.object));
    const size_t left_bytes = span->object_bytes - (size_t)(item.object - start);
    const size_t whole_bytes =
        element_bytes < PIECE_BYTES ? PIECE_BYTES / element_bytes * element_bytes : element_bytes;
    const size_t size_bytes = left_bytes < whole_bytes ? left_bytes : whole_bytes;
    if (size_bytes < left_bytes) {
        const struct mark_item rest = {.object = item.object + size_bytes, .span = item.span};
        mark_stack_push(&marker->stack, pool(), rest);
    }
    if (type) {
        scan_elements(marker, item.object, size_bytes, type);
    } else {
        scan_words(marker, item.object, size_bytes);
    }
    return size_bytes;
}

MARKER_READS_RAW static inline size_t scan(struct marker *marker, struct mark_item item)
{
    struct span *const span = item.span;
    const size_t object_bytes = span->object_bytes;
    if (span->kind == SPAN_TYPED && object_bytes <= SPAN_MASK_WORDS * sizeof(void *)) {
        const void *const *const words = (const void *const *)item.object;
        for (uint64_t mask = span_pointer_mask(span); mask != 0; mask &= mask - 1) {
            mark_object_word(marker, mark_object_read(&words[__builtin_ctzll(mask)]));
        }
        return object_bytes;
    }
    return scan_piece(marker, item);
}

// Whether the item's object is still to be scanned.
static inline bool take_object(struct mark_item item)
{
    const uint32_t object_index = span_object_index(item.span, item.object);
    return mark_batch_take(item.span, object_index / 64, 1ull << object_index % 64) != 0;
}

// Scans objects of a span: those of word word_index of its bits that are in `taken`. Returns the
// bytes read.
static inline size_t scan_taken(struct marker *marker, struct span *span, uint32_t word_index,
                                uint64_t taken)
{
    char *const first = span_object(span, word_index * 64);
    const size_t object_bytes = span->object_bytes;
    uint64_t ahead = taken;
    for (int i = 0; i < QUEUE_COUNT && ahead != 0; i++, ahead &= ahead - 1) {
        __builtin_prefetch(first + (size_t)__builtin_ctzll(ahead) * object_bytes);
    }
    size_t scanned_bytes = 0;
    for (uint64_t left = taken; left != 0; left &= left - 1) {
        if (ahead != 0) {
            __builtin_prefetch(first + (size_t)__builtin_ctzll(ahead) * object_bytes);
            ahead &= ahead - 1;
        }
        char *const object = first + (size_t)__builtin_ctzll(left) * object_bytes;
        scanned_bytes += scan(marker, (struct mark_item){object, span});
    }
    return scanned_bytes;
}

// Scans all objects of a span, which is kept, that are marked and have not been scanned; and those
// that are marked by that. Returns the bytes read.
static size_t scan_span(struct marker *marker, struct span *span)
{
    const uint32_t word_count = span_word_count(span);
    size_t scanned_bytes = 0;
    uint32_t left_count = word_count; // before all words have been looked at since the last find
    for (uint32_t i = 0; left_count > 0; i = i + 1 < word_count ? i + 1 : 0, left_count--) {
        uint64_t taken;
        while ((taken = mark_batch_take_word(span, i)) != 0) {
            scanned_bytes += scan_taken(marker, span, i, taken);
            left_count = word_count;
        }
    }
    mark_batch_release(span);
    for (uint32_t i = 0; world_is_parallel && i < word_count; i++) {
        const uint64_t taken = mark_batch_take_word(span, i);
        scanned_bytes += taken != 0 ? scan_taken(marker, span, i, taken) : 0;
    }
    return scanned_bytes;
}

// scan_span(), and what mark_choice.h wants to know.
static inline size_t visit(struct marker *marker, struct span *span)
{
    const size_t scanned_bytes = scan_span(marker, span);
    const size_t allocated_bytes = span_allocated_count(span) * span->object_bytes;
    marker->visited_bytes += scanned_bytes;
    marker->dense_bytes += mark_choice_is_dense(scanned_bytes, allocated_bytes) ? scanned_bytes : 0;
    return scanned_bytes;
}

// Whether the item is all that the marker has, and may be the beginning of a list.
static inline bool is_alone(const struct marker *marker, struct mark_item item)
{
    return marker->stack.count == 0 && mark_queue_is_empty(&marker->queue) &&
           mark_follow_can(item.span);
}

// Scans about step_bytes, less when the world is to stop; true: nothing is left, of its own and in
// the pool.
static bool step(struct marker *marker, const struct proc *proc, size_t step_bytes)
{
    struct mark_stack *const stack = &marker->stack;
    struct mark_item queue[QUEUE_COUNT];
    size_t head = 0;
    size_t tail = 0;
    size_t scanned_bytes = 0;
    while (scanned_bytes < step_bytes) {
        struct mark_item item;
        if (tail - head < QUEUE_COUNT && stack->count > 0) {
            item = stack->chunk->items[--stack->count];
        } else if (tail - head < QUEUE_COUNT && mark_queue_pop(&marker->queue, pool(), &item)) {
            if (mark_batch_keep(item.span)) {
                scanned_bytes += visit(marker, item.span);
                if (proc_is_to_stop(proc)) {
                    break;
                }
                continue;
            }
            if (!take_object(item)) {
                continue;
            }
            marker->visited_bytes += item.span->object_bytes;
        } else if (head != tail) {
            scanned_bytes += scan(marker, queue[head++ % QUEUE_COUNT]);
            if (proc_is_to_stop(proc)) {
                break;
            }
            continue;
        } else if (mark_stack_refill(stack, pool()) || mark_queue_refill(&marker->queue, pool())) {
            continue;
        } else {
            marker->scanned_bytes += scanned_bytes;
            return true;
        }
        if (head == tail && is_alone(marker, item)) {
            scanned_bytes += mark_follow(marker, item, step_bytes - scanned_bytes);
            continue;
        }
        __builtin_prefetch(item.object);
        queue[tail++ % QUEUE_COUNT] = item;
    }
    while (head != tail) {
        mark_stack_push(stack, pool(), queue[head++ % QUEUE_COUNT]);
    }
    marker->scanned_bytes += scanned_bytes;
    return false;
}

static void share(struct marker *marker)
{
    if (mark_queue_is_empty(&marker->queue)) {
        mark_stack_share(&marker->stack, pool());
    } else {
        mark_queue_share(&marker->queue, pool());
    }
}

// Leaves something to those who have nothing, and wakes one of them when there is something.
static void look_after_others(struct marker *marker, const struct proc *proc)
{
    // Who has stopped the world is not in it, and the others cannot do anything.
    const bool has_sleeper = mark_wait_has_sleeper() && proc->in_world;
    if (!has_sleeper && atomic_load_explicit(&pool()->hungry_count, memory_order_relaxed) == 0) {
        return;
    }
    if (atomic_load_explicit(&pool()->full_count, memory_order_relaxed) == 0) {
        share(marker);
    }
    if (has_sleeper) {
        mark_wait_notice();
    }
}

bool marker_drain(struct marker *marker, size_t budget_bytes)
{
    const uint64_t end_bytes = marker->scanned_bytes + budget_bytes;
    const struct proc *const proc = proc_current;
    while (marker->scanned_bytes < end_bytes) {
        if (step(marker, proc, STEP_BYTES)) {
            return true;
        }
        look_after_others(marker, proc);
        if (proc_is_to_stop(proc)) {
            break;
        }
    }
    return false;
}

void marker_flush_log(struct marker *marker)
{
    for (uint32_t i = 0; i < marker->log_count; i++) {
        marker_mark(marker, marker->log[i]);
    }
    marker->log_count = 0;
}

void marker_give_all(struct marker *marker)
{
    mark_stack_give_all(&marker->stack, pool());
    mark_queue_give_all(&marker->queue, pool());
}

void marker_rest(struct marker *marker)
{
    if (world_is_parallel) {
        marker_give_all(marker);
    }
}

bool marker_is_done(const struct marker *marker)
{
    return marker->stack.count == 0 && mark_queue_is_empty(&marker->queue) &&
           marker->log_count == 0;
}

void marker_take_counts(struct marker *marker, struct marker *sum)
{
    ASSERT(marker_is_done(marker));
    sum->marked_bytes += marker->marked_bytes;
    sum->black_bytes += marker->black_bytes;
    sum->scanned_bytes += marker->scanned_bytes;
    sum->visited_bytes += marker->visited_bytes;
    sum->dense_bytes += marker->dense_bytes;
    marker->marked_bytes = 0;
    marker->black_bytes = 0;
    marker->scanned_bytes = 0;
    marker->visited_bytes = 0;
    marker->dense_bytes = 0;
}
