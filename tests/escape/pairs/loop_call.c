#include <stdlib.h>

int *sink;

int *id(int *p)
{
    return p;
}

int outer(int n)
{
    int *p = malloc(sizeof(int)); // @first
    for (int i = 0; i < n; i++) {
        p = id(p);
    }
    return *p;
}

int inner(int n)
{
    int x = 0;
    int *p = &x;
    for (int i = 0; i < n; i++) {
        int y = i;
        p = id(&y);
    }
    return *p;
}

int each(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int y = i;
        sum += *id(&y);
    }
    return sum;
}
