int *sink;

struct two {
    int *a;
    int *b;
};

int *takeA(struct two s)
{
    return s.a;
}

int takeContent(struct two s)
{
    return *s.a + *s.b;
}

void leakB(struct two s)
{
    sink = s.b;
}

struct two whole(struct two s)
{
    return s;
}

int use(void)
{
    int x = 1;
    int y = 2;
    struct two s = {&x, &y};
    return *takeA(s) + takeContent(whole(s));
}
