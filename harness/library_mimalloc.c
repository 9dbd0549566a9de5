// mimalloc beside the C library's malloc(): Debian has it as a shared library only, which defines
// malloc() as well. The worker is linked with libc before it, so that every malloc() is libc's, and
// mimalloc is called by its own names.
#include "harness/library.h"

#include <mimalloc.h>

static bool owns(const void *address)
{
    return mi_is_in_heap_region(address);
}

const struct library library_mimalloc = {.owns = owns, .knows_foreign = true};
