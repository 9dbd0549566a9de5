int depth(int *p, int n)
{
    if (n == 0) {
        return *p;
    }
    int x = n;
    return depth(&x, n - 1) + *p;
}

int begin(void)
{
    int y = 1;
    return depth(&y, 10);
}
