// Library functions that move pointers about in memory, or out of the process and back.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int *sink;

static int compare(const void *a, const void *b)
{
    return **(int *const *)a - **(int *const *)b;
}

void sorted(void)
{
    int x = 2; //! moved to heap: x
    int y = 1; //! moved to heap: y
    int *a[2] = {&x, &y};
    qsort(a, 2, sizeof a[0], compare);
    sink = a[0];
}

void shifted(void)
{
    int x = 2; //! moved to heap: x
    int *a[3] = {NULL, &x, NULL};
    memmove(&a[0], &a[1], 2 * sizeof a[0]);
    sink = a[0];
}

void shifted_by(int n)
{
    int x = 2; //! moved to heap: x
    int *a[4] = {NULL, NULL, &x, NULL};
    memmove(&a[0], &a[n], sizeof a[0]);
    sink = a[0];
}

void shifted_by_function(int n)
{
    void *(*volatile move)(void *, const void *, size_t) = memmove;
    int x = 2; //! moved to heap: x
    int *a[4] = {NULL, NULL, &x, NULL};
    move(&a[0], &a[n], sizeof a[0]);
    sink = a[0];
}

void through_pipe(int end)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    write(end, &p, sizeof p);
}

void through_file(FILE *file)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    fwrite(&p, sizeof p, 1, file);
}

int text_to_file(FILE *file)
{
    char text[4] = "abc"; //! none
    return (int)fwrite(text, 1, sizeof text, file);
}
