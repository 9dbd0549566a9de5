int *sink;

void deepStore(int ***ppp, int *q)
{
    **ppp = q;
}

void middleStore(int ***ppp, int **qq)
{
    *ppp = qq;
}

void loadStore(int **pp, int **qq)
{
    *pp = *qq;
}

void loadDeep(int **pp, int ***qqq)
{
    *pp = **qqq;
}

void valueStore(int ***ppp, int ***qqq)
{
    ***ppp = ***qqq;
}

int use(void)
{
    int x = 1;
    int y = 2;
    int *p = &x;
    int *q = &y;
    int **pp = &p;
    deepStore(&pp, q);
    loadStore(&p, &q);
    return *p;
}
