#include <stdlib.h>

struct state {
    int n;
    struct state *link;
};

struct state *only;

struct state *instance(void)
{
    if (only == NULL) {
        only = calloc(1, sizeof(struct state)); // @instance
    }
    return only;
}

void attach(struct state *s)
{
    instance()->link = s;
}

int use(void)
{
    struct state *s = instance();
    s->n++;
    return s->n;
}

void attachLocal(void)
{
    struct state x = {.n = 1};
    attach(&x);
}
