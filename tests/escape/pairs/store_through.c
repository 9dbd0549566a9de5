#include <stddef.h>

void set(int **pp, int *q)
{
    *pp = q;
}

void clear(int **pp)
{
    *pp = NULL;
}

int setLocal(void)
{
    int x = 1;
    int *p = NULL;
    set(&p, &x);
    return *p;
}

int direct(void)
{
    int x = 1;
    int *p = NULL;
    int **pp = &p;
    *pp = &x;
    return *p;
}

void number(int *p, int n)
{
    *p = n;
}
