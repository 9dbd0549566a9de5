#include <stdbool.h>
#include <stddef.h>

struct node {
    struct node *next;
    int *v;
};

struct node *last(struct node *n)
{
    if (n->next == NULL) {
        return n;
    }
    return last(n->next);
}

int *value(struct node *n)
{
    if (n->next == NULL) {
        return n->v;
    }
    return value(n->next);
}

bool contains(struct node *n, int *p)
{
    if (n == NULL) {
        return false;
    }
    return n->v == p || contains(n->next, p);
}

struct node *reverse(struct node *n, struct node *done)
{
    if (n == NULL) {
        return done;
    }
    struct node *rest = n->next;
    n->next = done;
    return reverse(rest, n);
}

int use(void)
{
    int x = 1;
    struct node a = {NULL, &x};
    struct node b = {&a, &x};
    return *value(&b) + *last(&b)->v;
}

int useReverse(void)
{
    int x = 1;
    struct node a = {NULL, &x};
    return *reverse(&a, NULL)->v;
}
