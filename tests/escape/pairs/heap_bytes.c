#include "runtime/heap.h"

char *kept;

char local(void)
{
    char *p = heap_new_bytes(32); // @local
    p[4] = 5;
    return p[4];
}

void leak(void)
{
    char *p = heap_new_bytes(32); // @leak
    kept = p;
}

char *part(void)
{
    char *p = heap_new_bytes(32); // @part
    return &p[4];
}
