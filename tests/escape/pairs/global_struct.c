struct registry {
    int *main;
    int *spare[2];
    struct {
        int *p;
    } nested;
};

struct registry reg;

void setMain(int *p)
{
    reg.main = p;
}

void setSpare(int i, int *p)
{
    reg.spare[i] = p;
}

void setNested(int *p)
{
    reg.nested.p = p;
}

void through(struct registry *r, int *p)
{
    r->nested.p = p;
}

void local(void)
{
    int x = 1;
    through(&reg, &x);
}

int unrelated(int *p)
{
    struct registry *r = &reg;
    return *r->main + *p;
}
