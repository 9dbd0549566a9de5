#include <stddef.h>

struct base {
    int id;
    int *tag;
};

struct derived {
    struct base b;
    struct base *more;
};

struct base *baseOf(struct derived *d)
{
    return &d->b;
}

int *tagOf(struct base *b)
{
    return b->tag;
}

int *tagThrough(struct derived *d)
{
    return tagOf(baseOf(d));
}

int *moreTag(struct derived *d)
{
    return tagOf(d->more);
}

int use(void)
{
    int x = 1;
    struct derived d = {.b = {1, &x}};
    return *tagThrough(&d);
}

struct base *leak(void)
{
    struct derived d = {.b = {1, NULL}};
    return baseOf(&d);
}
