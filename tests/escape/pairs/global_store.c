int *sink;

void store(void)
{
    int x = 1;
    sink = &x;
}

int keep(void)
{
    int y = 2;
    int *p = &y;
    return *p;
}

void storeParam(int *p)
{
    sink = p;
}

int readParam(int *q)
{
    return *q;
}
