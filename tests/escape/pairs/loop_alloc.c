#include <stdlib.h>

int outer(int n)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        p = malloc(sizeof(int)); // @outer
        *p = i;
    }
    if (p == NULL) {
        return 0;
    }
    return *p;
}

int inner(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = malloc(sizeof(int)); // @inner
        *p = i;
        sum += *p;
    }
    return sum;
}
