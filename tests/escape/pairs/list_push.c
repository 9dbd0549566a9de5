#include <stdlib.h>

struct node {
    struct node *next;
    int n;
};

struct list {
    struct node *head;
    int len;
};

struct list global;

void push(struct list *l, int n)
{
    struct node *p = malloc(sizeof(struct node)); // @push
    p->n = n;
    p->next = l->head;
    l->head = p;
    l->len++;
}

void pushNode(struct list *l, struct node *p)
{
    p->next = l->head;
    l->head = p;
}

struct node *pop(struct list *l)
{
    struct node *p = l->head;
    l->head = p->next;
    return p;
}

int peek(struct list *l)
{
    return l->head->n;
}

int useLocal(void)
{
    struct list l = {0};
    push(&l, 1);
    struct node x = {.n = 2};
    pushNode(&l, &x);
    return pop(&l)->n + peek(&l);
}

void useGlobal(void)
{
    push(&global, 1);
}
