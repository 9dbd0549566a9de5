// The table is written out, so that the spans' page counts can be read and reviewed. They are the
// smallest that hold 32 objects (16 beyond 1 KiB, 8 beyond 2, 4 beyond 4) and leave a tail of at
// most a sixteenth: fewer objects would make new spans frequent (a span costs some 60 ns between
// page heap, sweep and bookkeeping), more would tie up memory per type.
//
// Four classes a doubling rather than eight: twice the classes would halve the rounding waste, and
// double the spans that are partly empty at any time.
#include "runtime/size_class.h"

#include "base/assert.h"
#include "runtime/heap_inline.h"
#include "runtime/span.h"

#include <stdbool.h>

#define CLASS(bytes, pages)                                                                        \
    {                                                                                              \
        .reciprocal = ((1ull << SIZE_CLASS_RECIPROCAL_SHIFT) + (bytes) - 1) / (bytes),             \
        .object_bytes = (bytes),                                                                   \
        .page_count = (pages),                                                                     \
        .object_count = (pages) * SPAN_PAGE_BYTES / (bytes),                                       \
    }

const struct size_class size_class_table[SIZE_CLASS_COUNT] = {
    CLASS(8, 1),      CLASS(16, 1),     CLASS(24, 1),    CLASS(32, 1),     CLASS(48, 1),
    CLASS(64, 1),     CLASS(80, 1),     CLASS(96, 1),    CLASS(112, 1),    CLASS(128, 1),
    CLASS(160, 1),    CLASS(192, 1),    CLASS(224, 1),   CLASS(256, 1),    CLASS(320, 2),
    CLASS(384, 2),    CLASS(448, 2),    CLASS(512, 2),   CLASS(640, 3),    CLASS(768, 3),
    CLASS(896, 4),    CLASS(1024, 4),   CLASS(1280, 3),  CLASS(1536, 3),   CLASS(1792, 4),
    CLASS(2048, 4),   CLASS(2560, 3),   CLASS(3072, 3),  CLASS(3584, 4),   CLASS(4096, 4),
    CLASS(5120, 4),   CLASS(6144, 3),   CLASS(7168, 7),  CLASS(8192, 4),   CLASS(10240, 5),
    CLASS(12288, 6),  CLASS(14336, 7),  CLASS(16384, 8), CLASS(20480, 10), CLASS(24576, 12),
    CLASS(28672, 14), CLASS(32768, 16),
};

_Static_assert((int)HEAP_INLINE_CLASSES == SIZE_CLASS_COUNT, "heap_inline.h knows the classes");
_Static_assert((int)HEAP_INLINE_BYTES_MAX == SIZE_CLASS_BYTES_MAX, "the same");

uint8_t size_class_lookup[SIZE_CLASS_LOOKUP_COUNT];
uint8_t size_class_lookup_untyped[SIZE_CLASS_LOOKUP_COUNT];

void size_class_init(void)
{
    uint8_t class_index = 0;
    for (uint32_t i = 0; i < SIZE_CLASS_LOOKUP_COUNT; i++) {
        while (size_class_table[class_index].object_bytes < i * 8) {
            class_index++;
        }
        size_class_lookup[i] = class_index;
        const bool misaligned = i > 1 && size_class_table[class_index].object_bytes % 16 != 0;
        size_class_lookup_untyped[i] = (uint8_t)(class_index + misaligned);
    }
    ASSERT(class_index == SIZE_CLASS_AFTER_TABLE - 1);
    ASSERT(size_class_table[SIZE_CLASS_COUNT - 1].object_bytes == SIZE_CLASS_BYTES_MAX);
}
