// The second mark has bits and a stack of its own, in memory that lasts as long as it does: a bit
// for each 8 bytes of the heap, at the first page of a span, and a place for each marked object.
// Like the check (mark_check.c) it uses division and the types' own maps.
#include "runtime/mark_ambiguous.h"

#include "base/assert.h"
#include "runtime/os_memory.h"
#include "runtime/proc.h"
#include "runtime/root.h"

#include <stdio.h>
#include <string.h>

enum { BITS_PER_PAGE = SPAN_PAGE_BYTES / 8 };

// Types that are told apart; what comes after so many is counted as the last of them.
enum { TALLY_COUNT = 256 };

struct found {
    const struct span *span; // NULL: the word points to no marked object
    uint32_t object_index;
};

struct state {
    const struct heap *heap;
    const char *stack_base;
    uint64_t *exact;  // reached by the second mark
    uint64_t *direct; // not, and an ambiguous word points to them
    size_t bitmap_bytes;
    struct found *stack;
    size_t stack_count;
    size_t stack_capacity_count;
    uint64_t *direct_count; // of the source that is being read
    struct runtime_ambiguous_type *tally;
    struct runtime_ambiguous report;
};

static struct {
    struct runtime_ambiguous report;
    bool printed;
    struct runtime_ambiguous_type tally[TALLY_COUNT];
} last;

__attribute__((no_sanitize("address", "thread", "undefined"))) static const char *
read_word(const char *address)
{
    return *(const char *const *)address;
}

static struct found find(const struct heap *heap, const char *target)
{
    const struct page_heap *const pages = &heap->page_heap;
    if (target < pages->base || target >= pages->base + pages->committed_bytes) {
        return (struct found){0};
    }
    const size_t page = (size_t)(target - pages->base) / SPAN_PAGE_BYTES;
    const struct span *const span = &pages->spans[pages->span_of_page[page]];
    if (span->kind == SPAN_FREE || target < span->base || target >= span->base + span->used_bytes) {
        return (struct found){0};
    }
    const uint32_t object_index = (uint32_t)((size_t)(target - span->base) / span->object_bytes);
    if (!span_is_allocated(span, object_index) || !span_is_marked(span, object_index)) {
        return (struct found){0};
    }
    return (struct found){span, object_index};
}

static size_t bit_of(const struct state *state, struct found found)
{
    const size_t page = page_heap_first_page(&state->heap->page_heap, found.span);
    return page * BITS_PER_PAGE + found.object_index;
}

static bool is_set(const uint64_t *bits, size_t bit)
{
    return bits[bit / 64] >> bit % 64 & 1;
}

// Returns whether it was clear.
static bool set(uint64_t *bits, size_t bit)
{
    const bool was_clear = !is_set(bits, bit);
    bits[bit / 64] |= 1ull << bit % 64;
    return was_clear;
}

static void mark_exact(struct state *state, const char *target)
{
    const struct found found = find(state->heap, target);
    if (found.span && set(state->exact, bit_of(state, found))) {
        ASSERT(state->stack_count < state->stack_capacity_count);
        state->stack[state->stack_count++] = found;
    }
}

static void visit_exact(const void *base, size_t size_bytes, void *context)
{
    for (size_t i = 0; i < size_bytes; i += sizeof(void *)) {
        mark_exact(context, read_word((const char *)base + i));
    }
}

static void scan_exact(struct state *state, struct found found)
{
    const struct span *const span = found.span;
    if (span->kind != SPAN_TYPED || !span->type->pointer_words) {
        return;
    }
    const char *const object = span->base + found.object_index * span->object_bytes;
    const size_t element_words = span->type->size_bytes / sizeof(void *);
    for (size_t i = 0; element_words > 0 && i < span->object_bytes / sizeof(void *); i++) {
        if (span_type_has_pointer(span->type, i % element_words)) {
            mark_exact(state, read_word(object + i * sizeof(void *)));
        }
    }
}

static void visit_ambiguous(const void *base, size_t size_bytes, void *context)
{
    struct state *const state = context;
    const char *address = base;
    const char *const end = address + size_bytes;
    if (address < state->stack_base && state->stack_base < end) {
        address = state->stack_base;
    }
    for (; address < end; address += sizeof(void *)) {
        const struct found found = find(state->heap, read_word(address));
        if (found.span && !is_set(state->exact, bit_of(state, found)) &&
            set(state->direct, bit_of(state, found))) {
            (*state->direct_count)++;
        }
    }
}

// Calls visit for every marked object.
static void each_marked(struct state *state, void (*visit)(struct state *state, struct found found))
{
    const struct page_heap *const pages = &state->heap->page_heap;
    for (uint32_t page = 0; page < pages->frontier_page;) {
        const struct span *const span = page_heap_at(pages, page);
        for (uint32_t i = 0; span->kind != SPAN_FREE && i < span->object_count; i++) {
            if (span_is_allocated(span, i) && span_is_marked(span, i)) {
                visit(state, (struct found){span, i});
            }
        }
        page += span->page_count;
    }
}

static void count_marked(struct state *state, struct found found)
{
    (void)found;
    state->stack_capacity_count++;
}

static void look_into_untyped(struct state *state, struct found found)
{
    if (found.span->kind == SPAN_CONSERVATIVE) {
        visit_ambiguous(found.span->base + found.object_index * found.span->object_bytes,
                        found.span->object_bytes, state);
    }
}

static void count_type(struct state *state, const char *name, uint64_t size_bytes)
{
    struct runtime_ambiguous_type *type = state->tally;
    const struct runtime_ambiguous_type *const end = &state->tally[TALLY_COUNT - 1];
    while (type < end && type->object_count > 0 &&
           strncmp(type->name, name, sizeof type->name - 1) != 0) {
        type++;
    }
    if (type->object_count == 0) {
        snprintf(type->name, sizeof type->name, "%s", type < end ? name : "others");
    }
    type->object_count++;
    type->object_bytes += size_bytes;
}

static void count_ambiguous(struct state *state, struct found found)
{
    const struct span *const span = found.span;
    if (is_set(state->exact, bit_of(state, found))) {
        return;
    }
    state->report.object_count++;
    state->report.object_bytes += span->object_bytes;
    const char *const name = span->kind == SPAN_TYPED          ? span->type->name
                             : span->kind == SPAN_POINTER_FREE ? "pointer-free"
                                                               : "untyped";
    count_type(state, name ? name : "unnamed", span->object_bytes);
}

// Picks the most frequent types.
static void report_types(struct state *state)
{
    for (int i = 0; i < RUNTIME_AMBIGUOUS_TYPES; i++) {
        struct runtime_ambiguous_type *most = &state->tally[0];
        for (int j = 1; j < TALLY_COUNT; j++) {
            most = state->tally[j].object_count > most->object_count ? &state->tally[j] : most;
        }
        if (most->object_count == 0) {
            return;
        }
        state->report.types[i] = *most;
        most->object_count = 0;
    }
}

static bool init(struct state *state)
{
    const struct page_heap *const pages = &state->heap->page_heap;
    each_marked(state, count_marked);
    state->stack_capacity_count++;
    state->bitmap_bytes = (pages->frontier_page + 1) * (size_t)BITS_PER_PAGE / 8;
    state->exact = os_memory_map(state->bitmap_bytes);
    state->direct = os_memory_map(state->bitmap_bytes);
    state->stack = os_memory_map(state->stack_capacity_count * sizeof *state->stack);
    return state->exact && state->direct && state->stack;
}

static void release(struct state *state)
{
    if (state->exact) {
        os_memory_release(state->exact, state->bitmap_bytes);
    }
    if (state->direct) {
        os_memory_release(state->direct, state->bitmap_bytes);
    }
    if (state->stack) {
        os_memory_release(state->stack, state->stack_capacity_count * sizeof *state->stack);
    }
}

void mark_ambiguous_run(struct heap *heap, const void *stack_base)
{
    struct state state = {.heap = heap, .stack_base = stack_base, .tally = last.tally};
    memset(last.tally, 0, sizeof last.tally);
    // Without the memory for it there is no report: nothing else depends on it.
    if (init(&state)) {
        root_visit(visit_exact, &state);
        while (state.stack_count > 0) {
            scan_exact(&state, state.stack[--state.stack_count]);
        }
        state.direct_count = &state.report.stack_count;
        proc_visit_roots(visit_ambiguous, &state);
        state.direct_count = &state.report.untyped_count;
        each_marked(&state, look_into_untyped);
        each_marked(&state, count_ambiguous);
        report_types(&state);
        state.report.gc_number = heap->gc_count + 1;
        last.report = state.report;
        last.printed = false;
    }
    release(&state);
}

void mark_ambiguous_print(void)
{
    const struct runtime_ambiguous *const report = &last.report;
    if (last.printed || report->gc_number == 0) {
        return;
    }
    last.printed = true;
    char types[RUNTIME_AMBIGUOUS_TYPES * (RUNTIME_AMBIGUOUS_NAME_BYTES + 24)] = "";
    size_t length = 0;
    for (int i = 0; i < RUNTIME_AMBIGUOUS_TYPES && report->types[i].object_count > 0; i++) {
        length += (size_t)snprintf(
            &types[length], sizeof types - length, "%s%llu %s", i > 0 ? ", " : ": ",
            (unsigned long long)report->types[i].object_count, report->types[i].name);
    }
    fprintf(stderr,
            "gc %llu: %llu objects, %llu bytes, are held by ambiguous words only; %llu by a "
            "stack's, %llu by an untyped object's, the rest by these%s\n",
            (unsigned long long)report->gc_number, (unsigned long long)report->object_count,
            (unsigned long long)report->object_bytes, (unsigned long long)report->stack_count,
            (unsigned long long)report->untyped_count, types);
}

void mark_ambiguous_reset(void)
{
    memset(&last, 0, sizeof last);
}

void runtime_ambiguous_read(struct runtime_ambiguous *report)
{
    *report = last.report;
}
