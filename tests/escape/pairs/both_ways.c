#include <stdbool.h>

int *sink;

struct node {
    struct node *next;
    int *v;
};

int *heapAndResult(int *p)
{
    sink = p;
    return p;
}

struct node *contentAndResult(struct node *p)
{
    sink = p->v;
    return p;
}

struct node *resultTwice(struct node *p, bool c)
{
    if (c) {
        return p->next;
    }
    return p;
}

int *deepResult(struct node *p)
{
    sink = p->next->v;
    return p->v;
}

int *deepHeap(struct node *p)
{
    sink = p->v;
    return p->next->v;
}
