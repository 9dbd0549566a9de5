#include <stdlib.h>

int again(int n)
{
    int *p = NULL;
    int i = 0;
    int *q;
loop:
    q = malloc(sizeof(int)); // @again
    *q = i;
    p = q;
    i++;
    if (i < n) {
        goto loop;
    }
    return *p;
}

int forward(int n)
{
    int *q = malloc(sizeof(int)); // @forward
    *q = n;
    if (n > 3) {
        goto out;
    }
    *q = 3;
out:
    return *q;
}
