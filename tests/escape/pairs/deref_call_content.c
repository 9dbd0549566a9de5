int *sink;

struct holder {
    int *p;
    int **pp;
};

void keepDirect(int *p);
void keepContent(int **pp);

void keepP(struct holder *h)
{
    sink = h->p;
}

void keepPP(struct holder *h)
{
    sink = *h->pp;
}

void viaField(struct holder *h)
{
    keepDirect(h->p);
}

void viaAddress(struct holder *h)
{
    keepContent(&h->p);
}

void keepDirect(int *p)
{
    sink = p;
}

void keepContent(int **pp)
{
    sink = *pp;
}

void useP(void)
{
    int x = 1;
    int y = 2;
    int *py = &y;
    struct holder h = {&x, &py};
    keepP(&h);
}

void usePP(void)
{
    int x = 1;
    int y = 2;
    int *py = &y;
    struct holder h = {&x, &py};
    keepPP(&h);
}

void useAddress(void)
{
    int x = 1;
    struct holder h = {.p = &x};
    viaAddress(&h);
}
