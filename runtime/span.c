// Free objects are found a 64-bit word of allocation bits at a time: count trailing zeros of the
// inverted word gives the first free object, of the word itself the end of the run. A free list
// threaded through the objects was rejected: it would touch each object's memory before it is used,
// and give no runs to bump through.
#include "runtime/span.h"

#include "base/assert.h"

void span_clear_scanned(struct span *span)
{
    if (span_is_batch(span)) {
        for (uint32_t i = 0; i < span_word_count(span); i++) {
            span->scanned[i] = 0;
        }
    }
}

static void init(struct span *span, enum span_kind kind, const struct heap_type *type)
{
    ASSERT(kind != SPAN_FREE);
    ASSERT((type != NULL) == (kind == SPAN_TYPED));
    span->kind = (uint8_t)kind;
    span->type = type;
    span->next_index = 0;
    span->search_index = 0;
    for (uint32_t i = 0; i < span_word_count(span); i++) {
        span->bits[i] = (struct span_bits){0};
    }
    span->pointer_mask = 0;
    span->scan_state = SPAN_SCAN_NONE;
    span_clear_scanned(span);
    // From here on markers take it for what it is.
    __atomic_store_n(&span->used_bytes, span->object_count * span->object_bytes, __ATOMIC_RELEASE);
}

void span_init(struct span *span, enum span_kind kind, uint32_t class_index,
               const struct heap_type *type)
{
    const struct size_class *const class = &size_class_table[class_index];
    ASSERT(span->page_count == class->page_count);
    span->class_index = (uint8_t)class_index;
    span->object_bytes = class->object_bytes;
    span->object_count = class->object_count;
    span->reciprocal = class->reciprocal;
    init(span, kind, type);
}

void span_init_large(struct span *span, enum span_kind kind, const struct heap_type *type)
{
    ASSERT(span->page_count > 0);
    span->class_index = SPAN_LARGE;
    span->object_bytes = (size_t)span->page_count * SPAN_PAGE_BYTES;
    span->object_count = 1;
    span->reciprocal = 0;
    init(span, kind, type);
}

// The bits [first, first + count) of a word, count >= 1.
static uint64_t bit_range(uint32_t first, uint32_t count)
{
    return ~0ull >> (64 - count) << first;
}

// The index of the first object at or after `from` whose allocation bit is `wanted`, or limit.
static uint32_t find(const struct span *span, uint32_t from, uint32_t limit, bool wanted)
{
    const uint64_t invert = wanted ? 0 : ~0ull;
    for (uint32_t index = from; index < limit; index = (index / 64 + 1) * 64) {
        const uint64_t word = (span->bits[index / 64].allocated ^ invert) >> index % 64;
        if (word != 0) {
            const uint32_t found = index + (uint32_t)__builtin_ctzll(word);
            return found < limit ? found : limit;
        }
    }
    return limit;
}

// Applies set or clear to the allocation bits of a range of objects.
static void set_allocated(struct span *span, uint32_t first_index, uint32_t count, bool allocated)
{
    const uint32_t end_index = first_index + count;
    for (uint32_t index = first_index; index < end_index;) {
        const uint32_t in_word = 64 - index % 64;
        const uint32_t left = end_index - index;
        const uint32_t here = left < in_word ? left : in_word;
        const uint64_t range = bit_range(index % 64, here);
        uint64_t *const word = &span->bits[index / 64].allocated;
        __atomic_store_n(word, allocated ? *word | range : *word & ~range, __ATOMIC_RELAXED);
        index += here;
    }
}

// Sets or clears the marks of a range of objects; returns the number of those that were set before.
static uint32_t set_marked(struct span *span, uint32_t first_index, uint32_t count, bool marked)
{
    const uint32_t end_index = first_index + count;
    uint32_t were_marked_count = 0;
    for (uint32_t index = first_index; index < end_index;) {
        const uint32_t in_word = 64 - index % 64;
        const uint32_t left = end_index - index;
        const uint32_t here = left < in_word ? left : in_word;
        const uint64_t range = bit_range(index % 64, here);
        uint64_t *const word = &span->bits[index / 64].marked;
        if (marked && span_is_batch(span)) {
            // First: whoever sees the mark must not take it for one to be followed.
            __atomic_fetch_or(&span->scanned[index / 64], range, __ATOMIC_RELAXED);
        }
        const uint64_t before = marked ? __atomic_fetch_or(word, range, __ATOMIC_RELEASE)
                                       : __atomic_fetch_and(word, ~range, __ATOMIC_RELAXED);
        were_marked_count += span_bit_count(before & range);
        index += here;
    }
    return were_marked_count;
}

uint32_t span_blacken(struct span *span, uint32_t first_index, uint32_t count)
{
    ASSERT(first_index + count <= span->object_count);
    return count - set_marked(span, first_index, count, true);
}

uint32_t span_claim(struct span *span, uint32_t count_max, uint32_t *first_index)
{
    ASSERT(count_max > 0);
    ASSERT(span->kind != SPAN_FREE);
    const uint32_t first = find(span, span->search_index, span->object_count, false);
    const uint32_t left = span->object_count - first;
    const uint32_t limit = left < count_max ? span->object_count : first + count_max;
    const uint32_t end = find(span, first, limit, true);
    span->search_index = (uint16_t)end;
    if (end == first) {
        return 0;
    }
    set_allocated(span, first, end - first, true);
    *first_index = first;
    return end - first;
}

void span_unclaim(struct span *span, uint32_t first_index, uint32_t count)
{
    ASSERT(first_index + count <= span->object_count);
    set_allocated(span, first_index, count, false);
    set_marked(span, first_index, count, false);
    if (count > 0 && first_index < span->search_index) {
        span->search_index = (uint16_t)first_index;
    }
}

bool span_is_full(const struct span *span)
{
    return find(span, span->search_index, span->object_count, false) == span->object_count;
}

uint32_t span_allocated_count(const struct span *span)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < span_word_count(span); i++) {
        count += span_bit_count(__atomic_load_n(&span->bits[i].allocated, __ATOMIC_RELAXED));
    }
    return count;
}

static uint64_t expand_mask(const struct span *span)
{
    const struct heap_type *const type = span->type;
    const size_t element_words = type->size_bytes / sizeof(void *);
    if (!type->pointer_words || element_words == 0) {
        return 0;
    }
    const size_t object_words = span->object_bytes / sizeof(void *);
    uint64_t mask = type->pointer_words[0];
    if (element_words < SPAN_MASK_WORDS) {
        mask &= (1ull << element_words) - 1;
        for (size_t words = element_words; words < object_words; words *= 2) {
            mask |= mask << words;
        }
    }
    return object_words < SPAN_MASK_WORDS ? mask & ((1ull << object_words) - 1) : mask;
}

uint64_t span_expand_mask(struct span *span)
{
    ASSERT(span->kind == SPAN_TYPED);
    ASSERT(span->object_bytes <= SPAN_MASK_WORDS * sizeof(void *));
    const uint64_t mask = expand_mask(span);
    __atomic_store_n(&span->pointer_mask, mask, __ATOMIC_RELAXED);
    return mask;
}

void span_check(const struct span *span)
{
    ASSERT((uintptr_t)span->base % SPAN_PAGE_BYTES == 0);
    ASSERT(span->page_count > 0);
    ASSERT(span->kind < SPAN_KIND_COUNT);
    if (span->kind == SPAN_FREE) {
        ASSERT(span->used_bytes == 0);
        return;
    }
    ASSERT(span->class_index <= SPAN_LARGE);
    ASSERT(span->used_bytes == span->object_count * span->object_bytes);
    ASSERT(span->used_bytes <= (size_t)span->page_count * SPAN_PAGE_BYTES);
    ASSERT((span->type != NULL) == (span->kind == SPAN_TYPED));
    ASSERT(span->search_index <= span->object_count);
    ASSERT(find(span, 0, span->search_index, false) == span->search_index);
    const uint32_t last = span_word_count(span) - 1;
    const uint64_t beyond = ~bit_range(0, span->object_count - last * 64);
    ASSERT((span->bits[last].allocated & beyond) == 0);
}
