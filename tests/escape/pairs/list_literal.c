#include <stddef.h>

struct node {
    struct node *next;
    int n;
};

int sum(struct node *p)
{
    if (p == NULL) {
        return 0;
    }
    return p->n + sum(p->next);
}

int local(void)
{
    struct node c = {NULL, 3};
    struct node b = {&c, 2};
    struct node a = {&b, 1};
    return sum(&a);
}

struct node *back(void)
{
    struct node c = {NULL, 3};
    struct node b = {&c, 2};
    struct node a = {&b, 1};
    struct node *r = &a;
    return r;
}

struct node *second(void)
{
    struct node c = {NULL, 3};
    struct node b = {&c, 2};
    struct node a = {&b, 1};
    return a.next;
}

struct node *prepend(struct node *p, int n)
{
    struct node made = {p, n};
    struct node *r = &made;
    return r;
}
