// Memory that stays on the heap, though it does not escape, must not hold pointers to frames.
#include <stdlib.h>

int in_resized(void)
{
    int x = 1; //! moved to heap: x
    int **p = malloc(2 * sizeof *p);
    p[0] = &x;
    p = realloc(p, 4 * sizeof *p);
    return *p[0];
}

int in_large(void)
{
    int x = 1; //! moved to heap: x
    int **p = malloc(70000);
    p[0] = &x;
    return *p[0];
}

int in_unknown(int n)
{
    int x = 1; //! moved to heap: x
    int **p = malloc(n * sizeof *p);
    p[0] = &x;
    return *p[0];
}

int in_frame(void)
{
    int x = 1; //! none
    int **p = malloc(2 * sizeof *p);
    p[0] = &x;
    return *p[0];
}
