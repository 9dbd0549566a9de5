#include <stddef.h>

int *sink;

void collect(int **out, int *p, int n)
{
    if (n == 0) {
        *out = p;
        return;
    }
    collect(out, p, n - 1);
}

int gather(int **pp, int n)
{
    if (n == 0) {
        sink = *pp;
        return 0;
    }
    return gather(pp, n - 1);
}

int use(void)
{
    int x = 1;
    int *p = NULL;
    collect(&p, &x, 3);
    return *p;
}

int useGather(void)
{
    int x = 1;
    int *p = &x;
    return gather(&p, 3);
}
