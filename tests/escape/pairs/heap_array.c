#include "runtime/heap.h"

struct point {
    int64_t x, y;
};

struct slice {
    struct point *data;
    long len;
};

static const struct heap_type point_type = {.name = "point", .size_bytes = sizeof(struct point)};
struct slice kept;

int64_t local(int i)
{
    struct point *s = heap_new_array(&point_type, 16); // @local
    s[i].x = 3;
    return s[i].x;
}

void leak(int i)
{
    struct point *s = heap_new_array(&point_type, 16); // @leak
    s[i].x = 3;
    kept = (struct slice){s, 16};
}

int64_t large(int i)
{
    struct point *s = heap_new_array(&point_type, 5000); // @large
    s[i].x = 3;
    return s[i].x;
}

struct point *element(int i)
{
    struct point *s = heap_new_array(&point_type, 16); // @element
    return &s[i];
}

int64_t variable(int n)
{
    struct point *s = heap_new_array(&point_type, n); // @variable
    s[0].x = 3;
    return s[0].x;
}
