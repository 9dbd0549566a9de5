void swapInts(int *a, int *b)
{
    int t = *a;
    *a = *b;
    *b = t;
}

void swapPointers(int **a, int **b)
{
    int *t = *a;
    *a = *b;
    *b = t;
}

int use(void)
{
    int x = 1;
    int y = 2;
    swapInts(&x, &y);
    int *p = &x;
    int *q = &y;
    swapPointers(&p, &q);
    return *p + *q;
}
