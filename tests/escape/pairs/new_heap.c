#include "runtime/heap.h"

struct point {
    int64_t x, y;
};

static const struct heap_type point_type = {.name = "point", .size_bytes = sizeof(struct point)};
struct point *kept;

int64_t local(void)
{
    struct point *p = heap_new(&point_type); // @local
    p->x = 3;
    return p->x + p->y;
}

void leak(void)
{
    struct point *p = heap_new(&point_type); // @leak
    p->x = 3;
    kept = p;
}

int64_t two(void)
{
    struct point *p = heap_new(&point_type); // @p
    struct point *q = heap_new(&point_type); // @q
    kept = q;
    return p->x;
}
