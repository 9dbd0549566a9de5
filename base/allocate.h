// Memory for a tool: allocation that cannot fail, because a tool that has none left can only say
// so.
//
// Every function ends the program (die, status 2) when the system refuses. Release with free().
#ifndef BASE_ALLOCATE_H
#define BASE_ALLOCATE_H

#include "base/die.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

// `count` zeroed elements; never NULL, also for a count of 0.
static inline void *allocate_zeroed(size_t count, size_t element_bytes)
{
    void *const memory = calloc(count ? count : 1, element_bytes);
    if (!memory) {
        die("out of memory for %zu elements of %zu bytes", count, element_bytes);
    }
    return memory;
}

// Grows or moves as realloc() does; the added part is not zeroed.
static inline void *allocate_resized(void *memory, size_t size_bytes)
{
    void *const resized = realloc(memory, size_bytes ? size_bytes : 1);
    if (!resized) {
        die("out of memory for %zu bytes", size_bytes);
    }
    return resized;
}

// Makes room for one more in an array of `count` elements, which grows at powers of two.
static inline void *allocate_room(void *array, size_t count, size_t element_bytes)
{
    if ((count & (count - 1)) == 0) {
        return allocate_resized(array, (count ? count * 2 : 1) * element_bytes);
    }
    return array;
}

// The formatted text in memory of its own.
__attribute__((format(printf, 1, 2))) static inline char *allocate_text(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        die("cannot format a text like '%s'", format);
    }
    char *const text = (char *)allocate_zeroed((size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

#endif
