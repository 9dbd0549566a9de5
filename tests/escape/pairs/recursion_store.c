int *sink;

void dive(int *p, int n)
{
    if (n == 0) {
        sink = p;
        return;
    }
    int x = n;
    dive(&x, n - 1);
}

void begin(void)
{
    int y = 1;
    dive(&y, 10);
}
