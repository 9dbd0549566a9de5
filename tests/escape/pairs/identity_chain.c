int *sink;

int *id(int *p)
{
    return p;
}

int *idTwice(int *q)
{
    return id(id(q));
}

int keepThrough(void)
{
    int x = 1;
    return *idTwice(&x);
}

void leakThrough(void)
{
    int x = 1;
    sink = idTwice(&x);
}

int *returnThrough(void)
{
    int x = 1;
    return idTwice(&x);
}

int *derefThrough(int **pp)
{
    return id(*pp);
}
