int *sink;

int *a2(int *p, int n);
void b2(int *p, int n);

int *a1(int *p, int n)
{
    if (n > 0) {
        return a2(p, n - 1);
    }
    return p;
}

int *a2(int *p, int n)
{
    return a1(p, n);
}

void b1(int *p, int n)
{
    int *q = a1(p, n);
    if (n > 0) {
        b2(q, n - 1);
    }
}

void b2(int *p, int n)
{
    if (n == 3) {
        sink = a2(p, n);
    }
    b1(p, n - 1);
}

int c1(int *p)
{
    return *a1(p, 2);
}

int use(void)
{
    int x = 1;
    int y = 2;
    b1(&x, 2);
    return c1(&y);
}
