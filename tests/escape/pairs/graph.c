#include <stdbool.h>
#include <stddef.h>

struct vertex {
    struct vertex *edges[4];
    bool seen;
    int *label;
};

void linkTo(struct vertex *a, struct vertex *b, int i)
{
    a->edges[i] = b;
}

int visit(struct vertex *v)
{
    if (v == NULL || v->seen) {
        return 0;
    }
    v->seen = true;
    int t = *v->label;
    for (int i = 0; i < 4; i++) {
        t += visit(v->edges[i]);
    }
    return t;
}

struct vertex *reach(struct vertex *v, int *p, int n)
{
    if (v->label == p || n == 0) {
        return v;
    }
    return reach(v->edges[n % 4], p, n - 1);
}

int use(void)
{
    int x = 1;
    struct vertex a = {.label = &x};
    struct vertex b = {.label = &x};
    a.edges[0] = &b;
    return visit(&a);
}

int useLink(void)
{
    int x = 1;
    struct vertex a = {.label = &x};
    struct vertex b = {.label = &x};
    linkTo(&a, &b, 0);
    return visit(&a);
}
