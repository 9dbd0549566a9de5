// Size classes, all sizes and all offsets: there are few enough to try every one.
#include "tests/test.h"

#include "runtime/heap_inline.h"
#include "runtime/size_class.h"
#include "runtime/span.h"

static size_t object_bytes(uint32_t class_index)
{
    return size_class_table[class_index].object_bytes;
}

TEST(every_size_gets_the_smallest_class_that_holds_it)
{
    size_class_init();
    for (size_t size_bytes = 0; size_bytes <= SIZE_CLASS_BYTES_MAX; size_bytes++) {
        const uint32_t class_index = size_class_of(size_bytes);
        if (class_index >= SIZE_CLASS_COUNT) {
            test_fail(__FILE__, __LINE__, "%zu bytes have no class", size_bytes);
            return;
        }
        CHECK(object_bytes(class_index) >= size_bytes);
        CHECK(class_index == 0 || object_bytes(class_index - 1) < size_bytes);
    }
}

// What programs compute at compile time against what the runtime looks up.
TEST(inline_allocations_find_the_same_class)
{
    size_class_init();
    size_t wrong_count = 0;
    for (size_t size_bytes = 0; size_bytes <= HEAP_INLINE_BYTES_MAX; size_bytes++) {
        wrong_count += heap_inline_class(size_bytes, false) != size_class_of(size_bytes);
        wrong_count += heap_inline_class(size_bytes, true) != size_class_of_untyped(size_bytes);
    }
    CHECK_EQUAL(wrong_count, 0);
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        CHECK_EQUAL(heap_inline_class_bytes(i), object_bytes(i));
    }
}

TEST(untyped_memory_of_16_bytes_is_aligned_to_16)
{
    size_class_init();
    for (size_t size_bytes = 0; size_bytes <= SIZE_CLASS_BYTES_MAX; size_bytes++) {
        const uint32_t class_index = size_class_of_untyped(size_bytes);
        const uint32_t smallest = size_class_of(size_bytes);
        CHECK(object_bytes(class_index) >= size_bytes);
        CHECK(class_index - smallest == (object_bytes(smallest) == 24));
        CHECK(size_bytes <= 8 || object_bytes(class_index) % 16 == 0);
    }
}

TEST(multiples_of_16_lie_at_multiples_of_16)
{
    size_class_init();
    for (size_t size_bytes = 16; size_bytes <= SIZE_CLASS_BYTES_MAX; size_bytes += 16) {
        CHECK_EQUAL(object_bytes(size_class_of(size_bytes)) % 16, 0);
    }
}

TEST(rounding_and_tails_waste_what_the_header_says)
{
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        const struct size_class *class = &size_class_table[i];
        const size_t span_bytes = (size_t)class->page_count * SPAN_PAGE_BYTES;
        const size_t tail_bytes = span_bytes - (size_t)class->object_count * class->object_bytes;
        CHECK(tail_bytes < class->object_bytes);
        CHECK(tail_bytes * 16 <= span_bytes);
        CHECK(class->object_count <= SPAN_OBJECTS_MAX);
        CHECK(class->object_count >= 4);
        if (class->object_bytes > 128) {
            CHECK((class->object_bytes - object_bytes(i - 1)) * 5 <= class->object_bytes);
        }
    }
}

TEST(the_reciprocal_divides_exactly)
{
    for (uint32_t i = 0; i < SIZE_CLASS_COUNT; i++) {
        const struct size_class *class = &size_class_table[i];
        const size_t span_bytes = (size_t)class->page_count * SPAN_PAGE_BYTES;
        size_t wrong_count = 0;
        for (size_t offset_bytes = 0; offset_bytes < span_bytes; offset_bytes++) {
            wrong_count += size_class_divide(class->reciprocal, offset_bytes) !=
                           offset_bytes / class->object_bytes;
        }
        CHECK_EQUAL(wrong_count, 0);
    }
    CHECK_EQUAL(size_class_divide(0, (size_t)1 << 39), 0);
}
