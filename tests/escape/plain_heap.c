// The calls that a rewritten program makes of the runtime, on malloc() and without collector: so
// that a sanitizer, which knows malloc() but not our heap, can watch such a program.
#include "runtime/heap.h"
#include "runtime/hosted.h"

#include <stdlib.h>

static void *zeroed(size_t size_bytes)
{
    void *const object = calloc(1, size_bytes ? size_bytes : 1);
    if (!object) {
        abort();
    }
    return object;
}

void *heap_new(const struct heap_type *type)
{
    return zeroed(type->size_bytes);
}

void *heap_new_array(const struct heap_type *type, size_t count)
{
    return zeroed(type->size_bytes * count);
}

void *heap_new_bytes(size_t size_bytes)
{
    return zeroed(size_bytes);
}

void *heap_new_conservative(size_t size_bytes)
{
    return zeroed(size_bytes);
}

void heap_store(void *slot, const void *value)
{
    *(const void **)slot = value;
}

int hosted_run(int (*body)(int argc, char **argv, char **environment), int argc, char **argv,
               char **environment)
{
    return body(argc, argv, environment);
}
