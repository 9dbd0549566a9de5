#include <stdlib.h>

int *sink;
int read(int *p);

int local(void)
{
    int *p = malloc(sizeof(int)); // @local
    *p = 1;
    return *p;
}

void leak(void)
{
    int *p = malloc(sizeof(int)); // @leak
    sink = p;
}

int *back(void)
{
    return malloc(sizeof(int)); // @back
}

int pass(void)
{
    int *p = malloc(sizeof(int)); // @pass
    return read(p);
}

int read(int *p)
{
    return *p;
}
