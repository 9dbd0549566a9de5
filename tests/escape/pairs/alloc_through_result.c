#include <stdlib.h>

struct cell {
    int v;
    struct cell *next;
};

struct cell *create(int v)
{
    struct cell *c = malloc(sizeof(struct cell)); // @create
    c->v = v;
    return c;
}

int read(struct cell *c)
{
    return c->v;
}

int temporary(void)
{
    return read(create(3));
}

int local(void)
{
    struct cell *c = malloc(sizeof(struct cell)); // @local
    c->v = 3;
    struct cell *d = malloc(sizeof(struct cell)); // @d
    d->next = c;
    return read(d->next);
}

struct cell *passed(struct cell *c)
{
    if (c == NULL) {
        c = malloc(sizeof(struct cell)); // @passed
    }
    return c;
}

int usePassed(void)
{
    struct cell x = {0};
    return passed(&x)->v;
}
