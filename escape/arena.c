// Chunks of 64 KiB, or of what one request needs if that is more, in a list.
#include "escape/arena.h"

#include "base/allocate.h"
#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>

enum { CHUNK_BYTES = 64 * 1024, ALIGN_BYTES = 16 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size_bytes;
    _Alignas(ALIGN_BYTES) char memory[];
};

void *arena_zeroed(struct arena *arena, size_t size_bytes)
{
    const size_t rounded_bytes = (size_bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
    struct arena_chunk *chunk = arena->newest;
    if (!chunk || chunk->size_bytes - arena->used_bytes < rounded_bytes) {
        const size_t chunk_bytes = rounded_bytes > CHUNK_BYTES ? rounded_bytes : CHUNK_BYTES;
        chunk = allocate_zeroed(1, sizeof *chunk + chunk_bytes);
        chunk->older = arena->newest;
        chunk->size_bytes = chunk_bytes;
        arena->newest = chunk;
        arena->used_bytes = 0;
    }
    void *const memory = chunk->memory + arena->used_bytes;
    arena->used_bytes += rounded_bytes;
    ASSERT(arena->used_bytes <= chunk->size_bytes);
    return memory;
}

const char *arena_text(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        die("cannot format a text like '%s'", format);
    }
    char *const text = arena_zeroed(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void arena_release(struct arena *arena)
{
    while (arena->newest) {
        struct arena_chunk *const older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    arena->used_bytes = 0;
}
