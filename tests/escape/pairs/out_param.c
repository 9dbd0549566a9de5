struct result {
    int *p;
    int n;
};

void fill(struct result *out, int *p)
{
    out->p = p;
    out->n = *p;
}

void number(int *out, int *p)
{
    *out = *p;
}

int use(void)
{
    int x = 1;
    struct result r = {0};
    fill(&r, &x);
    return *r.p;
}

int useNumber(void)
{
    int x = 1;
    int y = 2;
    number(&x, &y);
    return x;
}
