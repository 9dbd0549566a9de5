#include <stddef.h>

struct node {
    struct node *next;
    int *v;
};

struct iterator {
    struct node *at;
};

struct iterator begin(struct node *head)
{
    return (struct iterator){head};
}

struct node *step(struct iterator *it)
{
    struct node *n = it->at;
    if (n != NULL) {
        it->at = n->next;
    }
    return n;
}

int *value(struct iterator *it)
{
    return it->at->v;
}

int total(struct node *head)
{
    struct iterator it = begin(head);
    int t = 0;
    for (;;) {
        struct node *n = step(&it);
        if (n == NULL) {
            break;
        }
        t += *n->v;
    }
    return t;
}

struct iterator *create(struct node *head)
{
    struct iterator it = {head};
    struct iterator *r = &it;
    return r;
}
