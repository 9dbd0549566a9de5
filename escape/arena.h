// Memory that is given back all at once: texts and small records that live as long as an analysis.
//
// A zeroed struct is empty and ready. Dies when the system has no memory left.
#ifndef ESCAPE_ARENA_H
#define ESCAPE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_chunk *newest;
    size_t used_bytes; // of the newest chunk
};

// Zeroed, aligned to 16 bytes; a size of 0 is allowed.
void *arena_zeroed(struct arena *arena, size_t size_bytes);

// The formatted text.
const char *arena_text(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Gives everything back; the arena is empty then.
void arena_release(struct arena *arena);

#endif
