int choose(int i)
{
    int x = 1;
    int y = 2;
    int *a[2] = {&x, &y};
    return *a[i];
}

int *escape(int i)
{
    int x = 1;
    int y = 2;
    int *a[2] = {&x, &y};
    return a[i];
}

int *element(void)
{
    int a[4] = {0};
    return &a[2];
}

int *param(int *(*a)[4])
{
    return (*a)[1];
}

int *inside(int (*a)[4])
{
    return &(*a)[1];
}

void put(int *(*a)[4], int *p)
{
    (*a)[3] = p;
}
