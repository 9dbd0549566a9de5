// Checks the closure, not the way to it: if every root's target is marked, and every marked
// object's targets are, nothing reachable is lost. So one pass in the order of addresses is enough,
// without a stack. It shares as little as possible with the collector: objects are found by
// division instead of the reciprocal, and pointers by the type's own map instead of the span's
// mask.
//
// The frames of the collector itself are left out, as they are in the mark.
#include "runtime/mark_check.h"

#include "runtime/fatal.h"
#include "runtime/fibre.h"
#include "runtime/proc.h"
#include "runtime/root.h"

struct source {
    const struct heap *heap;
    const char *what;       // for the message
    const char *stack_base; // nothing deeper on the running stack is a root
};

__attribute__((no_sanitize("address", "thread", "undefined"))) static const char *
read_word(const char *address)
{
    return fibre_may_hold(address) ? *(const char *const *)address : NULL;
}

static void check_word(const struct source *source, const char *address)
{
    const struct page_heap *const heap = &source->heap->page_heap;
    const char *const target = read_word(address);
    if (target < heap->base || target >= heap->base + heap->committed_bytes) {
        return;
    }
    const size_t page = (size_t)(target - heap->base) / SPAN_PAGE_BYTES;
    const struct span *const span = &heap->spans[heap->span_of_page[page]];
    if (span->kind == SPAN_FREE || target < span->base || target >= span->base + span->used_bytes) {
        return;
    }
    const uint32_t object_index = (uint32_t)((size_t)(target - span->base) / span->object_bytes);
    if (span_is_allocated(span, object_index) && !span_is_marked(span, object_index)) {
        fatal("STRESS_CHECK_MARK: lost object %p of %zu bytes (%s), %s at %p points to it",
              (void *)(span->base + object_index * span->object_bytes), span->object_bytes,
              span->kind == SPAN_TYPED ? span->type->name : "untyped", source->what,
              (const void *)address);
    }
}

static void check_range(const void *base, size_t size_bytes, void *context)
{
    const struct source *const source = context;
    const char *address = base;
    const char *const end = address + size_bytes;
    if (address < source->stack_base && source->stack_base < end) {
        address = source->stack_base;
    }
    for (; address < end; address += sizeof(void *)) {
        check_word(source, address);
    }
}

static void check_typed(const struct source *source, const char *object, const struct span *span)
{
    const struct heap_type *const type = span->type;
    const size_t element_words = type->size_bytes / sizeof(void *);
    for (size_t i = 0; i < span->object_bytes / sizeof(void *); i++) {
        if (element_words > 0 && type->pointer_words &&
            span_type_has_pointer(type, i % element_words)) {
            check_word(source, object + i * sizeof(void *));
        }
    }
}

// Page-wise marking has scanned whatever it marked, and left no span queued.
static void check_scanned(const struct span *span)
{
    for (uint32_t i = 0; i < span_word_count(span); i++) {
        const uint64_t missed = span->bits[i].marked & ~span->scanned[i];
        if (missed != 0 || span->scan_state != SPAN_SCAN_NONE) {
            fatal("STRESS_CHECK_MARK: %u objects of %zu bytes at %p were marked and not scanned",
                  span_bit_count(missed), span->object_bytes, (void *)span->base);
        }
    }
}

static void check_span(const struct source *source, const struct span *span)
{
    if (source->heap->mark_choice.by_spans && span_is_batch(span)) {
        check_scanned(span);
    }
    for (uint32_t i = 0; i < span->object_count; i++) {
        const char *const object = span->base + i * span->object_bytes;
        if (!span_is_marked(span, i)) {
            continue;
        }
        if (span->kind == SPAN_CONSERVATIVE) {
            check_range(object, span->object_bytes, (void *)source);
        } else if (span->kind == SPAN_TYPED) {
            check_typed(source, object, span);
        }
    }
}

void mark_check_run(struct heap *heap, const void *stack_base)
{
    const struct page_heap *const page_heap = &heap->page_heap;
    struct source root = {.heap = heap, .what = "a root", .stack_base = stack_base};
    if (stack_base) {
        proc_visit_roots(check_range, &root);
    }
    root_visit(check_range, &root);

    struct source object = {.heap = heap, .what = "an object"};
    for (uint32_t page = 0; page < page_heap->frontier_page;) {
        const struct span *const span = page_heap_at(page_heap, page);
        if (span->kind != SPAN_FREE) {
            check_span(&object, span);
        }
        page += span->page_count;
    }
}
