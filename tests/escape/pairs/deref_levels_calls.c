int *load(int **pp)
{
    return *pp;
}

int *load2(int ***ppp)
{
    return load(*ppp);
}

int **address(int **pp)
{
    return pp;
}

int *mixed(int ***ppp)
{
    return load(address(*ppp));
}

int *back(int *p)
{
    int *q = p;
    return load(&q);
}

int *back2(int *p)
{
    int *q = p;
    int **r = &q;
    return load2(&r);
}

int use(void)
{
    int x = 1;
    int *p = &x;
    return *load(&p);
}

int *leak(void)
{
    int x = 1;
    int *p = &x;
    return load(&p);
}

int *leak2(void)
{
    int x = 1;
    int *p = &x;
    int **pp = &p;
    return load2(&pp);
}
