#include <stddef.h>

int *sink;

int *choose(int n, int *a, int *b, int *c)
{
    int *p = NULL;
    switch (n) {
    case 0:
        p = a;
        break;
    case 1:
        p = b;
        break;
    case 2:
        sink = c;
        break;
    default:
        p = NULL;
    }
    return p;
}

int use(int n)
{
    int x = 1;
    int y = 2;
    int z = 3;
    int *p = choose(n, &x, &y, &z);
    if (p == NULL) {
        return 0;
    }
    return *p;
}
