struct span {
    int *first;
    int *last;
};

struct span make2(int *a, int *b)
{
    return (struct span){a, b};
}

int *firstOf(struct span s)
{
    return s.first;
}

int use(void)
{
    int x = 1;
    int y = 2;
    struct span s = make2(&x, &y);
    return *firstOf(s);
}

struct span leak(void)
{
    int x = 1;
    int y = 2;
    return make2(&x, &y);
}

struct span swapEnds(struct span s)
{
    return (struct span){s.last, s.first};
}

int *load(struct span *s)
{
    struct span t = *s;
    return t.last;
}
