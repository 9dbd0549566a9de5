#include <stdlib.h>

struct node {
    struct node *next;
    int n;
};

struct node *build(int n)
{
    struct node *head = NULL;
    for (int i = 0; i < n; i++) {
        struct node *p = malloc(sizeof(struct node)); // @build
        p->n = i;
        p->next = head;
        head = p;
    }
    return head;
}

int local(int n)
{
    struct node *head = NULL;
    for (int i = 0; i < n; i++) {
        struct node *p = malloc(sizeof(struct node)); // @local
        p->n = i;
        p->next = head;
        head = p;
    }
    return head->n;
}
