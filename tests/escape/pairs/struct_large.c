int *sink;

struct many {
    int *p[8];
    int n[8];
};

int *pick(struct many s, int i)
{
    return s.p[i];
}

int sum(struct many s)
{
    return *s.p[0] + s.n[1];
}

void leak(struct many s)
{
    sink = s.p[3];
}

struct many fill(int *p)
{
    struct many s = {0};
    s.p[2] = p;
    return s;
}

int use(void)
{
    int x = 1;
    struct many s = fill(&x);
    return *pick(s, 2) + sum(s);
}
