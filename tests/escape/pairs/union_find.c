#include <stdbool.h>

struct set {
    struct set *parent;
    int rank;
};

struct set *root(struct set *s)
{
    while (s->parent != s) {
        s->parent = s->parent->parent;
        s = s->parent;
    }
    return s;
}

void join(struct set *a, struct set *b)
{
    struct set *x = root(a);
    struct set *y = root(b);
    if (x->rank < y->rank) {
        x->parent = y;
    } else {
        y->parent = x;
    }
}

void singleton(struct set *s)
{
    s->parent = s;
}

bool use(void)
{
    struct set a = {0}, b = {0};
    singleton(&a);
    singleton(&b);
    join(&a, &b);
    return root(&a) == root(&b);
}
