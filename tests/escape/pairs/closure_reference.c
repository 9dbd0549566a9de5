struct closure {
    int (*code)(struct closure *self);
    int *n;
};

int counter_code(struct closure *self) // @-
{
    return ++*self->n;
}

struct closure *counter(void)
{
    int n = 0;
    struct closure env = {counter_code, &n};
    struct closure *made = &env;
    return made;
}

void local_code(struct closure *self, int d) // @-
{
    *self->n += d;
}

int local(void)
{
    int n = 0;
    struct closure env = {0, &n};
    struct closure *add = &env;
    local_code(add, 2);
    local_code(add, 3);
    return n;
}
