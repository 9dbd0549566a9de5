#include <stdlib.h>

struct cell {
    int *v;
    struct cell *next;
};

int chain(void)
{
    struct cell *a = malloc(sizeof(struct cell)); // @a
    struct cell *b = malloc(sizeof(struct cell)); // @b
    int x = 1;
    a->v = &x;
    b->next = a;
    return *b->next->v;
}

int holder(void)
{
    int *p = malloc(sizeof(int)); // @p
    struct cell h = {.v = p};
    return *h.v;
}

struct cell holderLeak(void)
{
    int *p = malloc(sizeof(int)); // @q
    struct cell h = {.v = p};
    return h;
}

int array(void)
{
    int *a[3] = {0};
    a[0] = malloc(sizeof(int)); // @first
    a[1] = malloc(sizeof(int)); // @second
    return *a[0] + *a[1];
}
