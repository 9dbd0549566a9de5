#include <stddef.h>

int *external(int *p);

void give(void)
{
    int x = 1;
    external(&x);
}

void giveParam(int *p)
{
    external(p);
}

int *take(int *p)
{
    int *q = external(p);
    return q;
}

int *takeOnly(void)
{
    return external(NULL);
}

void pointee(int **pp)
{
    external(*pp);
}
