#include <stddef.h>

struct node {
    struct node *next;
    int n;
};

int length(struct node *p)
{
    int n = 0;
    while (p != NULL) {
        p = p->next;
        n++;
    }
    return n;
}

struct node *last(struct node *p)
{
    while (p->next != NULL) {
        p = p->next;
    }
    return p;
}

struct node *nth(struct node *p, int n)
{
    for (;;) {
        if (n == 0) {
            break;
        }
        p = p->next;
        n--;
    }
    return p;
}
