struct closure {
    int *p;
};

struct closure *kept;

struct closure *returned(int *p)
{
    struct closure env = {p};
    struct closure *made = &env;
    return made;
}

void stored(int *p)
{
    struct closure env = {p};
    kept = &env;
}

static int called_code(struct closure *self) // @-
{
    return *self->p;
}

int called(int *p)
{
    struct closure env = {p};
    struct closure *f = &env;
    return called_code(f);
}
