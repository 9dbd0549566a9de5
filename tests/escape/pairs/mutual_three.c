struct node {
    struct node *next;
    int n;
};

struct node *second(struct node *b, int k);
struct node *third(struct node *c, int k);

struct node *first(struct node *a, int k)
{
    if (k == 0) {
        return a;
    }
    return second(a->next, k - 1);
}

struct node *second(struct node *b, int k)
{
    if (k == 0) {
        return b;
    }
    return third(b, k - 1);
}

struct node *third(struct node *c, int k)
{
    if (k == 0) {
        return c->next;
    }
    return first(c, k - 1);
}

int use(void)
{
    struct node x = {.n = 1};
    struct node y = {.next = &x};
    return first(&y, 0)->n;
}
