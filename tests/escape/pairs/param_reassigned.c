#include <stddef.h>

int *sink;

int *replace(int *p)
{
    int x = 1;
    p = &x;
    return p;
}

void overwrite(int *p, int *q)
{
    p = q;
    sink = p;
}

int local(int *p)
{
    int x = 1;
    if (p == NULL) {
        p = &x;
    }
    return *p;
}

int *chain(int *a, int *b, int *c)
{
    c = b;
    b = a;
    return c;
}
