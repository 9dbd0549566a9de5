int *pong(int *r, int n);

int *ping(int *p, int *q, int n)
{
    if (n == 0) {
        return p;
    }
    return pong(q, n - 1);
}

int *pong(int *r, int n)
{
    int x = 1;
    if (n == 0) {
        return r;
    }
    return ping(&x, r, n - 1);
}

int use(void)
{
    int a = 1;
    int b = 2;
    return *ping(&a, &b, 3);
}
