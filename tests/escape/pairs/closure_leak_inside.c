int *sink;

struct closure {
    int *x;
};

static void inside_code(struct closure *self) // @-
{
    sink = self->x;
}

void inside(void)
{
    int x = 1;
    struct closure env = {&x};
    struct closure *f = &env;
    inside_code(f);
}

void insideParam(int *p)
{
    struct closure env = {p};
    struct closure *f = &env;
    inside_code(f);
}
