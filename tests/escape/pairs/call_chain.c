int *sink;

void bottom(int *p)
{
    sink = p;
}

void middle(int *q)
{
    bottom(q);
}

void top(int *r)
{
    middle(r);
}

void start(void)
{
    int x = 1;
    top(&x);
}

int readBottom(int *p)
{
    return *p;
}

int readMiddle(int *q)
{
    return readBottom(q);
}

int readTop(int *r)
{
    return readMiddle(r) + readBottom(r);
}

int readStart(void)
{
    int x = 1;
    return readTop(&x);
}
