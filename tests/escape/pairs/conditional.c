#include <stdbool.h>
#include <stddef.h>

int *choose(bool c)
{
    int x = 1;
    int y = 2;
    int *p = NULL;
    if (c) {
        p = &x;
    } else {
        p = &y;
    }
    return p;
}

int either(bool c)
{
    int x = 1;
    int y = 2;
    int *p = &x;
    if (c) {
        p = &y;
    }
    return *p;
}

int *sometimes(bool c, int *p, int *q)
{
    if (c) {
        return p;
    }
    return q;
}

bool never(bool c, int *p, int *q)
{
    if (c) {
        return p == q;
    }
    return p == NULL;
}
