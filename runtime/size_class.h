// Size classes: the sizes that small objects are rounded up to, and the spans they live in.
//
// 8, 16, 24, 32, 48, then every 16 bytes to 128, then four a doubling up to 32 KiB. All but 8 and
// 24 are multiples of 16. Rounding wastes at most a fifth of an object beyond 128 bytes (a tenth on
// average); the tail of a span that no object fits into is at most a sixteenth of it.
//
// Call size_class_init() before size_class_of() or size_class_of_untyped().
#ifndef RUNTIME_SIZE_CLASS_H
#define RUNTIME_SIZE_CLASS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SIZE_CLASS_COUNT = 42,
    SIZE_CLASS_BYTES_MAX = 32 * 1024,  // larger objects get a span of their own
    SIZE_CLASS_TABLE_BYTES_MAX = 1024, // looked up in a table; beyond, counted
    SIZE_CLASS_RECIPROCAL_SHIFT = 40,  // of size_class.reciprocal
    SIZE_CLASS_AFTER_TABLE = 22,       // the first class beyond the table
    SIZE_CLASS_LOG2_AFTER_TABLE = 10,  // its objects are larger than 1 << this
};

struct size_class {
    uint64_t reciprocal;   // ceil(2^SIZE_CLASS_RECIPROCAL_SHIFT / object_bytes)
    uint32_t object_bytes; // every object of the class takes this many
    uint16_t page_count;   // of a span
    uint16_t object_count; // in a span
};

extern const struct size_class size_class_table[SIZE_CLASS_COUNT];

// The class of sizes in (8 * (i - 1), 8 * i], for typed and for untyped memory.
enum { SIZE_CLASS_LOOKUP_COUNT = SIZE_CLASS_TABLE_BYTES_MAX / 8 + 1 };
extern uint8_t size_class_lookup[SIZE_CLASS_LOOKUP_COUNT];
extern uint8_t size_class_lookup_untyped[SIZE_CLASS_LOOKUP_COUNT];

// Fills the lookup tables. May be called again.
void size_class_init(void);

static inline uint32_t size_class_beyond_table(size_t size_bytes)
{
    const uint32_t log2 = 63 - (uint32_t)__builtin_clzll(size_bytes - 1);
    const uint32_t quarter = (uint32_t)((size_bytes - 1) >> (log2 - 2)) - 4;
    return SIZE_CLASS_AFTER_TABLE + ((log2 - SIZE_CLASS_LOG2_AFTER_TABLE) << 2) + quarter;
}

// The smallest class that holds size_bytes, which is at most SIZE_CLASS_BYTES_MAX.
static inline uint32_t size_class_of(size_t size_bytes)
{
    return __builtin_expect(size_bytes <= SIZE_CLASS_TABLE_BYTES_MAX, 1)
               ? size_class_lookup[(size_bytes + 7) / 8]
               : size_class_beyond_table(size_bytes);
}

// The same for memory that may hold anything: 16 bytes and more are aligned to 16, so never
// class 24.
static inline uint32_t size_class_of_untyped(size_t size_bytes)
{
    return __builtin_expect(size_bytes <= SIZE_CLASS_TABLE_BYTES_MAX, 1)
               ? size_class_lookup_untyped[(size_bytes + 7) / 8]
               : size_class_beyond_table(size_bytes);
}

// offset_bytes / object_bytes for any offset in a span of that class (tests/test_size_class.c
// proves it for all of them). A reciprocal of 0 gives 0: the index of a span's only object.
static inline uint32_t size_class_divide(uint64_t reciprocal, size_t offset_bytes)
{
    return (uint32_t)((offset_bytes * reciprocal) >> SIZE_CLASS_RECIPROCAL_SHIFT);
}

#endif
