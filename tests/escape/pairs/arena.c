struct arena {
    int room[64];
    int used;
};

int *take(struct arena *a)
{
    int *p = &a->room[a->used];
    a->used++;
    return p;
}

int local(void)
{
    struct arena a = {0};
    int *p = take(&a);
    *p = 3;
    return *p + a.used;
}

int *leak(void)
{
    struct arena a = {0};
    return take(&a);
}

struct arena *reset(struct arena *a)
{
    a->used = 0;
    return a;
}
