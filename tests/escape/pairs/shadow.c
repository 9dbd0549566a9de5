int *sink;

int shadowed(void)
{
    int x = 1;
    {
        int x = 2; // @inner
        sink = &x;
    }
    int *p = &x;
    return *p;
}

int shadowedOuter(void)
{
    int x = 1; // @outer
    sink = &x;
    {
        int x = 2;
        int *p = &x;
        return *p;
    }
}
