#include <stdlib.h>

struct builder {
    int n;
    int *name;
};

struct builder *withNumber(struct builder *b, int n)
{
    b->n = n;
    return b;
}

struct builder *withName(struct builder *b, int *name)
{
    b->name = name;
    return b;
}

struct builder *start(void)
{
    return calloc(1, sizeof(struct builder)); // @start
}

int finish(struct builder *b)
{
    return b->n + *b->name;
}

int use(void)
{
    int x = 1;
    struct builder b = {0};
    return finish(withName(withNumber(&b, 2), &x));
}

int useHeap(void)
{
    int x = 1;
    return finish(withName(withNumber(start(), 2), &x));
}
