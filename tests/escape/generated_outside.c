// The other half of the generated programs: bodies that the analysis does not see, and the
// runtime's heap on malloc(), so that the address sanitizer watches every object.
#define WEAK_ELSEWHERE
#include "runtime/heap.h"
#include "runtime/hosted.h"
#include "tests/escape/generated.h"

static struct node *kept;

void outside_keep(struct node *node)
{
    kept = node;
}

struct node *outside_kept(void)
{
    return kept;
}

void weak_keep(struct node *node)
{
    kept = node;
}

void (*const weak_table[2])(struct node *node) = {outside_keep, outside_keep};

void outside_keep_next(struct node *node)
{
    kept = node->next;
}

#ifdef HEAP_STUBS
static void *zeroed(size_t count, size_t size_bytes)
{
    void *const memory = calloc(count ? count : 1, size_bytes ? size_bytes : 1);
    if (!memory) {
        abort();
    }
    return memory;
}

void *heap_new(const struct heap_type *type)
{
    return zeroed(1, type->size_bytes);
}

void *heap_new_array(const struct heap_type *type, size_t count)
{
    return zeroed(count, type->size_bytes);
}

void *heap_new_bytes(size_t size_bytes)
{
    return zeroed(1, size_bytes);
}

void *heap_new_conservative(size_t size_bytes)
{
    return zeroed(1, size_bytes);
}

int hosted_run(int (*body)(int argc, char **argv, char **environment), int argc, char **argv,
               char **environment)
{
    return body(argc, argv, environment);
}

void heap_store(void *slot, const void *value)
{
    *(const void **)slot = value;
}
#endif
