struct pairOf {
    int *p;
    int n;
};

int *sink;
struct pairOf kept;

void copyLeak(void)
{
    int x = 1;
    struct pairOf s = {.p = &x};
    struct pairOf t = s;
    sink = t.p;
}

int copyKeep(void)
{
    int x = 1;
    struct pairOf s = {.p = &x};
    struct pairOf t = s;
    return *t.p;
}

void copyGlobal(void)
{
    int x = 1;
    struct pairOf s = {.p = &x, .n = 2};
    kept = s;
}

struct pairOf load(struct pairOf *s)
{
    return *s;
}

void save(struct pairOf *s, struct pairOf *t)
{
    *s = *t;
}
