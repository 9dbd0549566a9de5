#include <stdlib.h>

int find(int *a, int n, int k)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        if (a[i] == k) {
            int *q = malloc(sizeof(int)); // @found
            *q = i;
            p = q;
            break;
        }
    }
    return p ? *p : -1;
}

int last(int *a, int n, int k)
{
    int *p = NULL;
    for (int i = 0; i < n; i++) {
        if (a[i] == k) {
            int x = i;
            p = &x;
            break;
        }
    }
    return p ? *p : -1;
}

int before(int n)
{
    int *p = NULL;
    for (int i = 3; i < n; i++) {
        p = &i;
    }
    return p ? *p : -1;
}

int inside(int *a, int n, int k)
{
    while (n > 0) {
        n--;
        if (a[n] == k) {
            int *q = malloc(sizeof(int)); // @inside
            *q = n;
            return *q;
        }
    }
    return 0;
}

int after(int *a, int n)
{
    int *p = NULL;
    int s = 0;
    for (int i = 0; i < n; i++) {
        s += a[i];
    }
    int *q = malloc(sizeof(int)); // @after
    *q = s;
    p = q;
    return *p;
}
