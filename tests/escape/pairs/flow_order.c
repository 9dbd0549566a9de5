int *sink;

int before(void)
{
    int x = 1;
    int y = 2;
    int *p = &x;
    sink = p;
    p = &y;
    return *p;
}

int *after(int *p, int *q)
{
    int *r = p;
    p = q;
    return r;
}

int *cycle(int *p, int *q)
{
    int *r = p;
    for (int i = 0; i < 3; i++) {
        int *s = r;
        r = q;
        q = s;
    }
    return r;
}
