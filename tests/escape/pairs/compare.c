#include <stdbool.h>
#include <stddef.h>

bool less(int *a, int *b)
{
    return *a < *b;
}

int *smaller(int *a, int *b)
{
    if (less(a, b)) {
        return a;
    }
    return b;
}

bool equal(int *a, int *b)
{
    return a == b;
}

bool null(int *a)
{
    return a == NULL;
}

int three(void)
{
    int x = 1;
    int y = 2;
    int z = 3;
    return *smaller(&x, smaller(&y, &z));
}

int *threeLeak(void)
{
    int x = 1;
    int y = 2;
    int z = 3;
    return smaller(&x, smaller(&y, &z));
}
