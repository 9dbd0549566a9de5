#include <stddef.h>

int outlives(int n)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        int x = i;
        p = &x;
    }
    return *p;
}

int within(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        int *p = &x;
        sum += *p;
    }
    return sum;
}

int outside(int n)
{
    int x = 0;
    int *p = &x;
    for (int i = 0; i < n; i++) {
        int *q = p;
        *q += i;
    }
    return x;
}
