// Variable-length arrays and alloca(): storage like any other, of unknown size. An allocation that
// is too large or of unknown size does not escape by that, but has to stay on the heap.
#include <alloca.h>
#include <stdlib.h>

int *sink;
int **sinks;

int vla_pointers(int n)
{
    int x = 1; //! moved to heap: x
    int *a[n];
    a[n - 1] = &x;
    sink = a[0];
    return n;
}

int vla_stays(int n)
{
    int x = 1; //! none
    int *a[n];
    a[0] = &x;
    return *a[0];
}

void alloca_pointers(int n)
{
    int x = 1; //! moved to heap: x
    int **a = alloca(n * sizeof(int *));
    a[0] = &x;
    sink = a[0];
}

int unknown_size(int n)
{
    int *p = malloc(n); //! malloc(...) does not escape
    *p = 1;
    return *p;
}

int unknown_count(int n)
{
    int *p = calloc(n, sizeof(int)); //! calloc(...) does not escape
    return *p;
}

int too_large(void)
{
    char *p = malloc(65537); //! malloc(...) does not escape
    *p = 1;
    return *p;
}

int overflowing(void)
{
    int *p = calloc((size_t)1 << 62, 16); //! calloc(...) does not escape
    return p ? *p : 0;
}

int small(void)
{
    int *p = malloc(4); //! malloc(...) does not escape
    *p = 1;
    return *p;
}
