// jemalloc beside the C library's malloc(): the Makefile makes one object of Debian's static
// library in which only these names are global, its malloc() being je_malloc().
#define _DEFAULT_SOURCE // sbrk
#include "harness/library.h"

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

int je_mallctl(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);

// The arena that an address belongs to. jemalloc looks at a table that has no entries where it
// never was, and faults there: what lies in the program's break is libc's, and is not asked about.
static bool owns(const void *address)
{
    extern char end[]; // of the program's own data, by the linker: the break begins behind it
    if ((uintptr_t)address >= (uintptr_t)end && (uintptr_t)address < (uintptr_t)sbrk(0)) {
        return false;
    }
    unsigned arena;
    size_t arena_bytes = sizeof arena;
    return je_mallctl("arenas.lookup", &arena, &arena_bytes, (void *)&address, sizeof address) == 0;
}

const struct library library_jemalloc = {.owns = owns};
