int *pick(int *p, int *q, int n)
{
    if (n == 0) {
        return p;
    }
    return pick(q, p, n - 1);
}

int use(void)
{
    int x = 1;
    int y = 2;
    return *pick(&x, &y, 3);
}

int *leak(void)
{
    int x = 1;
    int y = 2;
    return pick(&x, &y, 3);
}
