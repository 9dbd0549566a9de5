struct box {
    int *a;
    int *b;
    int n;
};

void fill(struct box *s, int *p)
{
    s->a = p;
}

void copyField(struct box *s, struct box *t)
{
    s->a = t->b;
}

int localValue(int *p)
{
    struct box s = {0};
    s.a = p;
    return *s.a;
}

int *localLeak(void)
{
    int x = 1;
    int y = 2;
    struct box s = {0};
    s.a = &x;
    s.b = &y;
    return s.a;
}

void count(struct box *s)
{
    s->n++;
}
